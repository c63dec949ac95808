internal import BearerJSON

extension ClientRegistry {
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
