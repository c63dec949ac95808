extension JSONReader {
    /// Reads a string, checking its escapes and its UTF-8. RFC 8259 sections 7 and 8.1.
    package mutating func readString() throws(JSONError) -> JSONText {
        skipWhiteSpace()
        let start = offset
        guard take(UInt8(ascii: "\"")) else { throw unexpected(expected: "a string") }
        var hasEscapes = false
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let content = UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<offset])
                offset += 1
                return JSONText(encoded: content, hasEscapes: hasEscapes, offset: start)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try passEscape()
            case 0x00..<0x20: throw unexpected(expected: "an escape in place of a control character")
            case 0x20..<0x80: offset += 1
            default: try passScalar()
            }
        }
        throw unexpected(expected: "the end of a string")
    }

    private mutating func passScalar() throws(JSONError) {
        guard let length = UTF8Sequence.length(at: offset, of: bytes) else {
            throw JSONError(offset: offset, problem: "found invalid UTF-8 in a string")
        }
        offset += length
    }

    private mutating func passEscape() throws(JSONError) {
        guard let escape = JSONEscape(at: offset, of: bytes) else {
            throw JSONError(
                offset: offset,
                problem: #"found an invalid escape, expected one of \" \\ \/ \b \f \n \r \t, or \u and the four "#
                    + "hexadecimal digits of a character (of both surrogates above U+FFFF)")
        }
        offset += escape.length
    }
}
