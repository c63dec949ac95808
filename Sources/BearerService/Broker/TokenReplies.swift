internal import BearerCore
internal import BearerProtocol

/// The reply to `{"op":"token"}` of one profile as bytes: it is the same for everybody within a second.
///
/// `@unchecked Sendable`: it lives on the loop's thread, with the profile and the connections that are given it.
final class TokenReplies: @unchecked Sendable {
    private var token: AccessToken?
    /// `expires_in` of the reply in hand.
    private var left = Duration.zero
    private var line: [UInt8] = []
    /// Changes when a ``RepeatedToken`` that was given out before holds no more.
    fileprivate var version: UInt64 = 0
    /// Replies that were given again without a look at the request.
    private(set) var repetitions: UInt64 = 0

    /// The reply without an `id`, encoded at most once a second.
    func line(for token: AccessToken, profile: String, at now: Moment) -> [UInt8] {
        let remaining = token.remaining(at: now)
        if token.generation != self.token?.generation || !isWithinSecond(remaining) {
            self.token = token
            left = .seconds(remaining.components.seconds)
            line = TokenReply(token, profile: profile, at: now).line(id: nil)
        }
        return line
    }

    /// There is another token or none, or others may have it: no reply is given again before it was asked for anew.
    func forget() {
        version &+= 1
        token = nil
        left = .zero
        line = []
    }

    fileprivate func again(at now: Moment) -> [UInt8]? {
        guard let token else { return nil }
        let remaining = token.remaining(at: now)
        guard remaining > AccessToken.shortestService, isWithinSecond(remaining) else { return nil }
        repetitions += 1
        return line
    }

    private func isWithinSecond(_ remaining: Duration) -> Bool {
        remaining >= left && remaining < left + .seconds(1)
    }
}

/// The right of a connection to be given the same again when it says the same again.
struct RepeatedToken: Sendable {
    private let replies: TokenReplies
    private let version: UInt64

    init(_ replies: TokenReplies) {
        self.replies = replies
        version = replies.version
    }

    /// The reply; `nil` when the request must be looked at anew.
    func reply(at now: Moment) -> [UInt8]? {
        version == replies.version ? replies.again(at: now) : nil
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
