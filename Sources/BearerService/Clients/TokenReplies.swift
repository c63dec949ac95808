internal import BearerCore
internal import BearerProtocol

/// The reply to `{"op":"token"}` of one profile as bytes: it is the same for everybody within a second.
///
/// What holds a token here is used again, and wiped in the end: the stream that sends it copies it.
final class TokenReplies {
    /// Of the token in ``line``; 0 while there is none.
    private var generation: UInt64 = 0
    private var expiry: ClockReading?
    /// `expires_in` of ``line``.
    private var left = Duration.zero
    @exclusivity(unchecked) private var line: [UInt8] = []
    /// What is made for one client, and sent before the next is made.
    private var scratch: [UInt8] = []
    /// Changes when a ``RepeatedToken`` that was given out before holds no more.
    fileprivate var version: UInt64 = 0
    /// Replies that were given again without a look at the request.
    private(set) var repetitions: UInt64 = 0

    /// The reply without an `id`, encoded at most once a second.
    func line(for token: AccessToken, profile: String, at now: ClockReading) -> [UInt8] {
        let remaining = token.remaining(at: now)
        if token.generation != generation || !isWithinSecond(remaining) {
            (generation, expiry) = (token.generation, token.expiry)
            left = .seconds(remaining.components.seconds)
            Self.write(TokenReply(token, profile: profile, at: now), id: nil, to: &line)
        }
        return line
    }

    /// Any other reply that holds the token. To be sent before the next one is made.
    func line(_ reply: TokenReply, id: RequestID?) -> [UInt8] {
        Self.write(reply, id: id, to: &scratch)
        return scratch
    }

    /// The token alone. To be sent before the next reply is made.
    func bare(_ token: AccessToken) -> [UInt8] {
        Self.empty(&scratch, for: token.value.count)
        token.value.withBytes { scratch += $0 }
        return scratch
    }

    deinit {
        forget()
    }

    /// There is another token or none, or others may have it: no reply is given again before it was asked for anew.
    func forget() {
        version &+= 1
        (generation, expiry) = (0, nil)
        left = .zero
        Self.empty(&line)
        Self.empty(&scratch)
    }

    private static func write(_ reply: TokenReply, id: RequestID?, to bytes: inout [UInt8]) {
        empty(&bytes, for: reply.token.count + reply.profile.utf8.count + (id?.json.utf8.count ?? 0) + maximumRest)
        reply.encode(id: id, into: &bytes)
    }

    /// Names and numbers of a reply.
    private static let maximumRest = 256

    /// Wipes `bytes` and gives them room at once, since bytes that grow leave copies behind.
    private static func empty(_ bytes: inout [UInt8], for room: Int = 0) {
        Secret.wipe(&bytes)
        bytes.removeAll(keepingCapacity: room > 0 && room <= bytes.capacity)
        bytes.reserveCapacity(room)
    }

    fileprivate func again(at now: ClockReading) -> [UInt8]? {
        guard let remaining = expiry?.remaining(at: now), remaining > AccessToken.minimumService,
            isWithinSecond(remaining)
        else { return nil }
        repetitions += 1
        return line
    }

    private func isWithinSecond(_ remaining: Duration) -> Bool {
        remaining >= left && remaining < left + .seconds(1)
    }
}

/// The right of a connection to be given the same again when it says the same again.
struct RepeatedToken {
    private let replies: TokenReplies
    private let version: UInt64

    init(_ replies: TokenReplies) {
        self.replies = replies
        version = replies.version
    }

    /// The reply; `nil` when the request must be looked at anew.
    func reply(at now: ClockReading) -> [UInt8]? {
        version == replies.version ? replies.again(at: now) : nil
    }
}

extension TokenReply {
    /// What a client is given of `token` at `now`.
    init(_ token: AccessToken, profile: String, at now: ClockReading, withGeneration: Bool = false) {
        let remaining = token.remaining(at: now)
        self.init(
            token: token.value, expiresIn: remaining.components.seconds,
            expiresAt: (now.wall + remaining).components.seconds, profile: profile,
            generation: withGeneration ? Int64(token.generation) : nil)
    }
}
