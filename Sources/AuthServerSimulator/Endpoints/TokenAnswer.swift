internal import BearerJSON

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
}
