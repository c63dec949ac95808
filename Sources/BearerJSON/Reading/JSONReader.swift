/// Reads JSON piece by piece, allocating nothing by itself. RFC 8259, strictly.
///
/// Refused with the offset of the problem: anything the grammar does not allow, invalid UTF-8, escapes of lone
/// surrogates, a byte order mark, arrays and objects nested deeper than `maximumDepth`. `\u0000` is the character.
/// Repeated keys are refused by ``readMembers(_:)``, ``readValue()`` and ``skipValue()``; whoever walks an object by
/// ``nextKey()`` looks for them himself.
///
/// The bytes must outlive the reader and every ``JSONText`` it returned.
package struct JSONReader {
    let bytes: UnsafeRawBufferPointer
    private let maximumDepth: Int
    private var depth = 0
    /// Whether nothing was read yet of the innermost array or object.
    private var isAtFirst = false
    /// Bytes read so far.
    package internal(set) var offset = 0

    /// More than any of our messages and of the authorization server's needs.
    package static let usualDepth = 32

    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = usualDepth) {
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
}
