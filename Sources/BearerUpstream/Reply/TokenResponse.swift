internal import BearerCore
internal import BearerJSON

/// Reads the answer to a request for a token; RFC 6749 section 5.1.
///
/// Only the token, its type and its lifetime are of use: what else the server says about times is not believed.
enum TokenResponse {
    private static let maximumToken = 8192

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
        let expected = "expected a b64token of 1 to \(maximumToken) bytes"
        guard let member = object["access_token"] else {
            throw ReplyProblem("access_token is missing, \(expected)")
        }
        guard case .text(let token) = member else {
            throw ReplyProblem("access_token is \(member.kind), \(expected)")
        }
        guard token.count <= maximumToken else {
            throw ReplyProblem("access_token has \(token.count) bytes, \(expected)")
        }
        guard token.withBytes(B64Token.isValid) else {
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

/// Reads `expires_in`: a whole number of seconds, or a decimal string of one, of at least 1.
enum Lifetime {
    private static let expected = "expected a whole number of seconds of at least 1"

    /// More than an `Int64` holds is believed like anything over ``TokenGrant/maximumLifetime``.
    static func parse(_ member: ReplyObject.Member?) throws(ReplyProblem) -> Duration {
        let seconds: Int64?
        let found: String
        switch member {
        case nil:
            throw ReplyProblem("expires_in is missing, \(expected)")
        case .text(let text):
            let digits = text.withBytes { String(decoding: $0, as: UTF8.self) }
            seconds = ASCII.number(digits)
            found = SafeWord.number(digits) ?? "a string"
        case .other(.number(let number)):
            seconds = number.wholeNumber ?? beyondRange(number)
            found = SafeWord.number(number.text) ?? "a number"
        case .other(let value):
            throw ReplyProblem("expires_in is \(value.kind), \(expected)")
        }
        guard let seconds, seconds >= 1 else { throw ReplyProblem("expires_in is \(found), \(expected)") }
        return min(.seconds(seconds), TokenGrant.maximumLifetime)
    }

    /// A number that `Int64` cannot hold is whole if it is this large: a `Double` up there has no fraction.
    private static func beyondRange(_ number: JSONNumber) -> Int64? {
        guard let value = Double(number.text), value >= 0x1p63 else { return nil }
        return .max
    }
}
