internal import BearerCore

/// Reads the answer to a request for a token; RFC 6749 section 5.1.
///
/// Only the token, its type and its lifetime are of use: what else the server says about times is not believed.
enum TokenReply {
    static let longestToken = 8192

    static func grant(in reply: HTTPReply, now: Duration) throws(ExchangeFailure) -> TokenGrant {
        let judge = ReplyJudge(endpoint: .token, now: now)
        let object = try judge.object(of: reply)
        do {
            let token = try token(in: object)
            try checkType(in: object)
            return TokenGrant(value: token, lifetime: try Lifetime.parse(object["expires_in"]))
        } catch {
            throw judge.unusable(reply, error.detail)
        }
    }

    private static func token(in object: ReplyObject) throws(ReplyProblem) -> Secret {
        let expected = "expected a b64token of 1 to \(longestToken) bytes"
        guard let member = object["access_token"] else {
            throw ReplyProblem("access_token is missing, \(expected)")
        }
        guard case .text(let token) = member else {
            throw ReplyProblem("access_token is \(member.kind), \(expected)")
        }
        guard token.count <= longestToken else {
            throw ReplyProblem("access_token has \(token.count) bytes, \(expected)")
        }
        guard token.withBytes(BearerToken.isValid) else {
            throw ReplyProblem("access_token is \(token.isEmpty ? "empty" : "of another form"), \(expected)")
        }
        return token
    }

    private static func checkType(in object: ReplyObject) throws(ReplyProblem) {
        guard let member = object["token_type"] else {
            throw ReplyProblem("token_type is missing, expected bearer")
        }
        guard let type = member.publicText else {
            throw ReplyProblem("token_type is \(member.kind), expected bearer")
        }
        guard type.lowercased() == "bearer" else {
            throw ReplyProblem("token_type is another than bearer")
        }
    }
}
