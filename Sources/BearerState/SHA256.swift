internal import BearerCore
internal import CCrypto

/// SHA-256 (FIPS 180-4) of libcrypto, over bytes that come piece by piece. What it holds of them is wiped at the end.
package struct SHA256: ~Copyable {
    private let context: OpaquePointer?

    package init() {
        context = EVP_MD_CTX_new()
        Self.require(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1)
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Self.require(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }

    /// Goes on with the UTF-8 of `text`.
    package mutating func update(_ text: String) {
        Array(text.utf8).withUnsafeBytes { update($0) }
    }

    /// The hash of all pieces: 64 hexadecimal digits, the letters small.
    package consuming func hexadecimal() -> String {
        var hash = [UInt8](repeating: 0, count: Self.count)
        Self.require(EVP_DigestFinal_ex(context, &hash, nil) == 1)
        return Self.hexadecimal(hash)
    }

    /// The hash of `bytes`.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.hexadecimal()
    }

    /// HMAC-SHA256 (RFC 2104) of `message`, in hexadecimal.
    static func hexadecimalCode(of message: String, key: String) -> String {
        let (message, key) = (Array(message.utf8), Array(key.utf8))
        var code = [UInt8](repeating: 0, count: count)
        var length = 0
        let result = EVP_Q_mac(
            nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &code, code.count, &length)
        require(result != nil && length == count)
        return hexadecimal(code)
    }

    private static let count = 32

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A libcrypto without SHA-256 is one that is set up wrong, or has no memory left.
    private static func require(_ isDone: Bool) {
        precondition(isDone, "libcrypto does not compute SHA-256")
    }
}

/// The line before a file's contents that shows whether they are whole.
enum Checksum {
    /// `body` with its checksum before it.
    static func added(to body: [UInt8]) -> [UInt8] {
        Array((SHA256.hexadecimal(of: body) + "\n").utf8) + body
    }

    /// The contents; `nil` when the checksum is not theirs.
    static func removed(from contents: Secret) -> Secret? {
        contents.withBytes { bytes in
            guard let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let body = UnsafeRawBufferPointer(rebasing: bytes[(lineEnd + 1)...])
            var hash = SHA256()
            hash.update(body)
            return bytes[..<lineEnd].elementsEqual(hash.hexadecimal().utf8) ? Secret(body) : nil
        }
    }
}
