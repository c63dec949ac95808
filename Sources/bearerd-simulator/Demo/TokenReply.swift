/// A reply that holds a token, for showing it without the token's whole length.
struct TokenReply {
    let token: String
    /// The reply with the first characters of the token only.
    let shortened: String

    private static let start = "\"access_token\":\""
    private static let shownCharacters = 16

    /// Nil when the reply holds no token.
    init?(_ reply: String) {
        guard let start = reply.firstRange(of: Self.start)?.upperBound,
            let end = reply[start...].firstIndex(of: "\"")
        else { return nil }
        token = String(reply[start..<end])
        shortened = reply[..<start] + token.prefix(Self.shownCharacters) + "…" + reply[end...]
    }
}
