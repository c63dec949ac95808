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
