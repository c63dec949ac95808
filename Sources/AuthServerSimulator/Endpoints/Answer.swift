internal import BearerJSON

/// The documented answer to one request, and what the log says of it.
struct Answer {
    let reply: HTTPReply
    let outcome: Call.Outcome
    let clientID: String?

    init(_ reply: HTTPReply, clientID: String?) {
        self.reply = reply
        self.outcome = .answered(status: reply.status)
        self.clientID = clientID
    }

    init(_ refusal: Refusal, clientID: String?) {
        reply = .error(refusal.error)
        outcome = .refused(error: refusal.error)
        self.clientID = clientID
    }
}

extension ClientRegistry {
    /// 201 with the new client's credentials. RFC 7591 section 3.2.1, with Adobe's `scopes`.
    mutating func answer(
        _ order: RegistrationOrder, policy: StatementPolicy, scopes: [String], at now: Duration
    ) throws(Refusal) -> Answer {
        if case .known(let statements) = policy, !statements.contains(order.statement) {
            throw .refused("unapproved_software_statement")
        }
        let client = register(order, at: now)
        let reply = HTTPReply.json(status: 201) { writer in
            writer.member("client_id", client.id)
            writer.member("client_secret", client.secret)
            writer.member("client_id_issued_at", now.components.seconds)
            writer.member("redirect_uris", .array(client.redirectURI.map { [.string($0)] } ?? []))
            writer.member("grant_types", .array([.string("client_credentials")]))
            writer.member("scopes", .array(scopes.map { .string($0) }))
        }
        return Answer(reply, clientID: client.id)
    }
}

/// How long a token lasts, and what the reply says of it.
struct TokenLifetime {
    let seconds: Int
    /// The JSON text of `expires_in`.
    let json: String

    init(seconds: Int) {
        self.seconds = seconds
        json = String(seconds)
    }

    /// A scripted text; the token lasts `usual` seconds when it is not a whole number of at least 0.
    init(json: String, usual: Int) {
        let stated = (try? JSONValue(parsing: json.utf8))?.wholeNumber ?? -1
        seconds = stated >= 0 ? Int(min(stated, Int64(Int32.max))) : usual
        self.json = json
    }
}

extension ClientRegistry {
    /// 201 with a new token. RFC 6749 section 5.1, with Adobe's `id` and its `created_at` in milliseconds.
    mutating func answer(_ order: TokenOrder, lifetime: TokenLifetime, at now: Duration) throws(Refusal) -> Answer {
        let token = try issueToken(order, expires: now + .seconds(lifetime.seconds))
        let reply = HTTPReply.json(status: 201) { writer in
            writer.member("id", RandomText.identifier())
            writer.member("access_token", token)
            writer.member("token_type", "bearer")
            writer.key("expires_in")
            writer.raw(lifetime.json)
            writer.member("created_at", Int64(now / .milliseconds(1)))
        }
        return Answer(reply, clientID: order.clientID)
    }

    /// 200 or 401, as REST API V2 treats a bearer token.
    func answer(bearer: String?, at now: Duration) -> Answer {
        switch bearer.map({ standing(of: $0, at: now) }) {
        case .valid(let clientID):
            return Answer(.json(status: 200) { $0.member("message", "the token is valid") }, clientID: clientID)
        case .withoutClient(let clientID):
            return Answer(Self.unauthorized(Self.lostClient), clientID: clientID)
        case .invalid, nil:
            return Answer(Self.unauthorized(nil), clientID: nil)
        }
    }

    /// The token's client is gone: Adobe's Enhanced Error Codes.
    private static let lostClient = (
        action: "application-registration", code: "invalid_access_token_client_application"
    )

    private static func unauthorized(_ problem: (action: String, code: String)?) -> HTTPReply {
        var reply = HTTPReply.json(status: 401) { writer in
            writer.member("status", 401 as Int64)
            writer.member("message", "the access token is not valid")
            guard let problem else { return }
            writer.member("action", problem.action)
            writer.member("code", problem.code)
        }
        // RFC 6750 section 3.
        reply.headers["WWW-Authenticate"] = "Bearer error=\"invalid_token\""
        return reply
    }
}
