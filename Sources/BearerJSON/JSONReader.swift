/// Reads JSON piece by piece, allocating nothing by itself. RFC 8259, strictly.
///
/// Refused with the offset of the problem: anything the grammar does not allow, invalid UTF-8, escapes of lone
/// surrogates, a byte order mark, arrays and objects nested deeper than `maximumDepth`. `\u0000` is the character.
/// Repeated keys are refused by ``readMembers(_:)``, ``readValue()`` and ``skipValue()``; code that walks an object by
/// ``nextKey()`` checks for them itself.
///
/// The bytes must outlive the reader and every ``JSONText`` it returned.
package struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private let maximumDepth: Int
    private var depth = 0
    /// Whether nothing was read yet of the innermost array or object.
    private var isAtFirst = false
    /// Bytes read so far.
    package private(set) var offset = 0

    /// More than any of our messages and of the authorization server's needs.
    package static let defaultDepth = 32

    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = defaultDepth) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// The kind of the value that comes next, by its first byte.
    package mutating func peek() throws(JSONError) -> JSONKind {
        skipWhiteSpace()
        guard let byte = current, let kind = JSONKind(leadingByte: byte) else {
            throw unexpected(expected: "a JSON value")
        }
        return kind
    }

    /// Enters an object; then ``nextKey()`` until it returns nil, each time followed by reading one value.
    package mutating func beginObject() throws(JSONError) {
        skipWhiteSpace()
        guard take(UInt8(ascii: "{")) else { throw unexpected(expected: "'{'") }
        try descend()
    }

    /// The next key of the object, or nil when the object has ended.
    package mutating func nextKey() throws(JSONError) -> JSONText? {
        guard try isFollowed(until: UInt8(ascii: "}"), expected: "',' or '}'") else { return nil }
        guard current == UInt8(ascii: "\"") else { throw unexpected(expected: "a key in double quotes") }
        let key = try readString()
        skipWhiteSpace()
        guard take(UInt8(ascii: ":")) else { throw unexpected(expected: "':'") }
        return key
    }

    /// Enters an array; then ``nextElement()`` until it returns false, each time followed by reading one value.
    package mutating func beginArray() throws(JSONError) {
        skipWhiteSpace()
        guard take(UInt8(ascii: "[")) else { throw unexpected(expected: "'['") }
        try descend()
    }

    /// Whether the array has another element.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try isFollowed(until: UInt8(ascii: "]"), expected: "',' or ']'")
    }

    /// Refuses anything but white space after the value.
    package mutating func finish() throws(JSONError) {
        skipWhiteSpace()
        guard offset == bytes.count else { throw unexpected(expected: "the end of the input") }
    }

    private mutating func descend() throws(JSONError) {
        guard depth < maximumDepth else {
            throw JSONError(offset: offset - 1, problem: "nested deeper than \(maximumDepth) levels")
        }
        depth += 1
        isAtFirst = true
    }

    /// Leaves the innermost array or object at `end`, else passes the comma before the next member or element.
    private mutating func isFollowed(until end: UInt8, expected: String) throws(JSONError) -> Bool {
        skipWhiteSpace()
        let isFirst = isAtFirst
        isAtFirst = false
        if take(end) {
            depth -= 1
            return false
        }
        if isFirst { return true }
        guard take(UInt8(ascii: ",")) else { throw unexpected(expected: expected) }
        skipWhiteSpace()
        return true
    }

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
            case 0x20..<0x80:
                offset += 1
                passPlain()
            default: try passScalar()
            }
        }
        throw unexpected(expected: "the end of a string")
    }

    /// Passes characters that need no look of their own, eight bytes at once: a string may be long, and others wait
    /// meanwhile.
    private mutating func passPlain() {
        let end = bytes.count - 8
        var position = offset
        while position <= end {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard Self.isPlain(word) else { break }
            position += 8
        }
        offset = position
    }

    /// Whether each byte is ASCII, and neither a control character nor `"` nor `\`. Where none has its highest bit set, a
    /// subtraction sets that of the first byte that is less than what is subtracted.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = word &- ones &* 0x20
        let quotes = (word ^ (ones &* 0x22)) &- ones
        let backslashes = (word ^ (ones &* 0x5c)) &- ones
        return (word | controls | quotes | backslashes) & (ones &* 0x80) == 0
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

    /// Reads an object. Refuses a repeated key; `readMember` must read the one value that follows each key.
    package mutating func readMembers(
        _ readMember: (_ key: JSONText, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        var seen: Set<ExactKey> = []
        try beginObject()
        while let key = try nextKey() {
            guard seen.insert(ExactKey(name: key.string)).inserted else { throw key.repeated }
            try readMember(key, &self)
        }
    }

    /// Reads any value as strictly as ``readValue()`` and drops it, without a copy of its strings.
    package mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .null: try readNull()
        case .bool: _ = try readBool()
        case .number: _ = try readNumber()
        case .string: _ = try readString()
        case .object: try readMembers { (_, reader) throws(JSONError) in try reader.skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        }
    }
}

/// A key that equals another only byte by byte: `String` itself takes canonically equivalent texts for equal.
private struct ExactKey: Hashable {
    let name: String

    static func == (left: ExactKey, right: ExactKey) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var name = name
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension JSONReader {
    /// The byte at the offset, nil at the end.
    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    /// Passes `byte` if it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        offset += 1
        return true
    }

    /// The error for what is at the offset.
    private func unexpected(expected: String) -> JSONError {
        JSONError(offset: offset, problem: "found \(found), expected \(expected)")
    }

    private var found: String {
        guard let byte = current else { return "the end of the input" }
        if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
        if 0x21...0x7E ~= byte { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte 0x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

/// Why bytes are not the JSON that RFC 8259 describes, or not what the reader was asked for.
///
/// Never holds a string value: it may be a secret.
package struct JSONError: Error, Equatable, Sendable {
    /// Bytes before the place of the problem.
    package let offset: Int
    /// What was found and what was expected.
    package let problem: String

    package init(offset: Int, problem: String) {
        self.offset = offset
        self.problem = problem
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "at byte \(offset): \(problem)" }
}
