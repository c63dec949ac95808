/// The clients that were registered and the tokens that were issued.
struct ClientRegistry {
    private var clients: [String: Client] = [:]
    private var tokens: [String: Token] = [:]

    struct Client {
        let id: String
        let secret: String
        let issuedAt: Duration
        let redirectURI: String?
    }

    struct Token {
        let clientID: String
        let expires: Duration
    }

    /// What a token is worth.
    enum Standing: Equatable {
        case valid(clientID: String)
        /// Unknown, expired or revoked.
        case invalid
        /// The client behind it was revoked.
        case withoutClient(clientID: String)
    }

    mutating func register(_ order: RegistrationOrder, at now: Duration) -> Client {
        let client = Client(
            id: RandomText.identifier(), secret: RandomText.clientSecret(), issuedAt: now,
            redirectURI: order.redirectURI)
        clients[client.id] = client
        return client
    }

    mutating func issueToken(_ order: TokenOrder, expires: Duration) throws(Refusal) -> String {
        guard clients[order.clientID]?.secret == order.clientSecret else { throw .refused("invalid_client") }
        let token = RandomText.accessToken()
        tokens[token] = Token(clientID: order.clientID, expires: expires)
        return token
    }

    func standing(of token: String, at now: Duration) -> Standing {
        guard let known = tokens[token], now < known.expires else { return .invalid }
        return clients[known.clientID] == nil
            ? .withoutClient(clientID: known.clientID) : .valid(clientID: known.clientID)
    }

    mutating func revokeTokens() {
        tokens = [:]
    }

    mutating func revokeToken(_ token: String) {
        tokens[token] = nil
    }

    mutating func revokeClients() {
        clients = [:]
    }

    mutating func revokeClient(_ id: String) {
        clients[id] = nil
    }
}

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
