extension JSONReader {
    /// Reads `null`.
    package mutating func readNull() throws(JSONError) {
        skipWhiteSpace()
        try takeWord("null")
    }

    /// Reads `true` or `false`.
    package mutating func readBool() throws(JSONError) -> Bool {
        skipWhiteSpace()
        let value = current == UInt8(ascii: "t")
        try takeWord(value ? "true" : "false")
        return value
    }

    /// Reads a number. RFC 8259 section 6.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        skipWhiteSpace()
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if let byte = current, JSONNumber.isDigit(byte) { throw unexpected(expected: "no digit after a leading 0") }
        } else {
            try takeDigits()
        }
        if take(UInt8(ascii: ".")) { try takeDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try takeDigits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func takeDigits() throws(JSONError) {
        let start = offset
        while let byte = current, JSONNumber.isDigit(byte) { offset += 1 }
        if offset == start { throw unexpected(expected: "a digit") }
    }

    private mutating func takeWord(_ word: StaticString) throws(JSONError) {
        let start = offset
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) {
            offset = start
            throw unexpected(expected: "'\(word)'")
        }
    }
}
