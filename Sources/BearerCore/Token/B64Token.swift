/// The syntax of an access token that fits into an `Authorization: Bearer` header.
package enum B64Token {
    /// Whether `bytes` are a `b64token`: RFC 6750 section 2.1.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let body = bytes.prefix { $0 != UInt8(ascii: "=") }
        let padding = bytes.dropFirst(body.count)
        return !body.isEmpty && body.allSatisfy(isTokenCharacter) && padding.allSatisfy { $0 == UInt8(ascii: "=") }
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._~+/".utf8.contains(byte)
    }
}
