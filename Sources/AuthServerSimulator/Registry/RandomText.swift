/// Random identifiers and secrets in the shapes that Adobe's have.
enum RandomText {
    private static let base64URL = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    private static let hex = Array("0123456789abcdef")

    /// 8-4-4-4-12 hexadecimal digits.
    static func identifier() -> String {
        [8, 4, 4, 4, 12].map { text(of: hex, count: $0) }.joined(separator: "-")
    }

    static func clientSecret() -> String {
        text(of: base64URL, count: 43)
    }

    /// Looks like a JWT of about 700 bytes, and is random throughout.
    static func accessToken() -> String {
        "eyJ" + [33, 320, 342].map { text(of: base64URL, count: $0) }.joined(separator: ".")
    }

    private static func text(of alphabet: [Character], count: Int) -> String {
        String((0..<count).compactMap { _ in alphabet.randomElement() })
    }
}
