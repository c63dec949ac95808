internal import BearerCore
internal import BearerProtocol
internal import Glibc

/// Who answers what comes in on connections.
protocol RequestHandler: AnyObject {
    /// Answers a request, within the read that brought it.
    func answer(_ request: Request, from client: ClientConnection) -> Answer

    /// Answers a unit for which systemd loads a credential.
    func credential(for connection: CredentialConnection) -> CredentialAnswer
}

/// Who made a request, and the id by which the reply is known.
struct Caller {
    let client: ClientConnection
    let id: RequestID?

    var peer: Peer { client.peer }

    /// The reply to the request, which waited.
    func deliver(_ reply: some ReplyLine) {
        client.deliver(reply.line(id: id))
    }

    /// Another line of a watch.
    func publish(_ reply: some ReplyLine) {
        client.publish(reply.line(id: id))
    }
}

/// What there is for a request.
enum Answer {
    case reply([UInt8])
    /// The same request may be answered by the same again.
    case repeatable([UInt8], RepeatedToken)
    /// A long reply: `rest` is asked for the next piece when the client has taken the one before; until the last one, the
    /// connection takes no further request.
    case inPieces([UInt8], rest: () -> ReplyPiece)
    /// The reply comes later, by ``ClientConnection/deliver(_:)-([UInt8])``; until then the connection takes no further request.
    /// `cancel` is called when the client goes away before.
    case later(cancel: () -> Void)
    /// The connection is taken over: `first`, then lines as they come by ``ClientConnection/publish(_:)``.
    case watching(first: [UInt8]?, cancel: () -> Void)
}

struct ReplyPiece {
    let bytes: [UInt8]
    let isLast: Bool
}

/// What there is for a unit whose credential systemd loads.
enum CredentialAnswer {
    case now([UInt8])
    /// The bytes come later, by ``CredentialConnection/deliver(_:)``.
    case later(cancel: () -> Void)
}

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

/// Reads the requests of a connection. Programs say the same line again and again: it is read once, and while nothing
/// changes it is answered without another look.
final class RepeatedRequest {
    /// What nearly everybody says is known from the start.
    private static let defaultLine = Array(#"{"op":"token"}"#.utf8)
    private static let usual = try? Request.parse(line: defaultLine[...])

    /// Longer lines are not remembered, and so never a rejected token.
    private static let longest = 64

    private var line = defaultLine
    private var request = usual
    /// What was read last is ``request``.
    private var isLast = false
    private var token: RepeatedToken?

    func read(_ bytes: ArraySlice<UInt8>) throws(RequestError) -> Request {
        isLast = true
        if let request, bytes.withUnsafeBytes({ isSame($0) }) { return request }
        isLast = false
        let parsed = try Request.parse(line: bytes)
        if bytes.count <= Self.longest, parsed.isForTokens {
            isLast = true
            line = Array(bytes)
            request = parsed
            token = nil
        }
        return parsed
    }

    /// What was read last was answered with a token that may be given again.
    func remember(_ token: RepeatedToken) {
        if isLast { self.token = token }
    }

    /// The reply to a line that was answered before, if it may be given again.
    func reply(to bytes: UnsafeRawBufferPointer, at now: () -> ClockReading) -> [UInt8]? {
        guard let token, isSame(bytes) else { return nil }
        return token.reply(at: now())
    }

    private func isSame(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == line.count, let start = bytes.baseAddress else { return false }
        return line.withUnsafeBytes { memcmp(start, $0.baseAddress ?? start, $0.count) == 0 }
    }
}

extension Request {
    fileprivate var isForTokens: Bool {
        if case .token = operation { true } else { false }
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
