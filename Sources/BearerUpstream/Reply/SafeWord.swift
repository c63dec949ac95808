internal import BearerCore

/// What of a server's words may appear in a message: too short and too plain to be a secret.
enum SafeWord {
    /// The media type of `Content-Type` without its parameters, or a content coding.
    static func mediaType(_ header: String) -> String? {
        let type = header.prefix { $0 != ";" && $0 != " " }
        return word(type, upTo: 40) { ASCII.isLetter($0) || ASCII.isDigit($0) || "/+-.".utf8.contains($0) }
    }

    /// An error code as RFC 6749 writes them: small letters and underscores.
    static func errorCode(_ text: String) -> String? {
        word(text, upTo: 40) { ASCII.isSmallLetter($0) || $0 == UInt8(ascii: "_") }
    }

    /// A number as JSON writes it.
    static func number(_ text: String) -> String? {
        word(text, upTo: 24) { ASCII.isDigit($0) || "+-.eE".utf8.contains($0) }
    }

    private static func word(_ text: some StringProtocol, upTo limit: Int, of isAllowed: (UInt8) -> Bool) -> String? {
        1...limit ~= text.utf8.count && text.utf8.allSatisfy(isAllowed) ? String(text) : nil
    }
}
