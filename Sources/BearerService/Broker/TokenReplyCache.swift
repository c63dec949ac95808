internal import BearerCore
internal import BearerProtocol

/// The reply to `{"op":"token"}` as bytes: it is the same for everybody within a second.
struct TokenReplyCache {
    private var generation: UInt64 = 0
    /// `expires_in` of the reply in hand.
    private var left = Duration.zero
    private var line: [UInt8] = []

    /// The reply without an `id`, encoded at most once a second.
    mutating func line(for token: AccessToken, profile: String, at now: Moment) -> [UInt8] {
        let remaining = token.remaining(at: now)
        if token.generation != generation || remaining < left || remaining >= left + .seconds(1) {
            generation = token.generation
            left = .seconds(remaining.components.seconds)
            line = TokenReply(token, profile: profile, at: now).line(id: nil)
        }
        return line
    }
}

extension TokenReply {
    /// What a client is given of `token` at `now`.
    init(_ token: AccessToken, profile: String, at now: Moment, withGeneration: Bool = false) {
        let remaining = token.remaining(at: now)
        self.init(
            token: token.value, expiresIn: remaining.components.seconds,
            expiresAt: (now.wall + remaining).components.seconds, profile: profile,
            generation: withGeneration ? Int64(token.generation) : nil)
    }
}
