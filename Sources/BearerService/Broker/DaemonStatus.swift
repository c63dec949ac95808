internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// The daemon in one line, for STATUS=. It is true at each instant: whoever shows it asks again after ``holds``.
struct DaemonSummary: Sendable, Equatable {
    /// More profiles than this are counted instead of named one by one; so are those that are waited for.
    private static let maximumNamed = 3

    /// `default: token for 19 h 12 min, next renewal 23:41; 14 clients`.
    let text: String
    /// The profiles that have no token in memory and are not refused, by name.
    let unsettled: [String]
    /// How long the text stays true while nothing happens; `nil` when it does not age.
    let holds: Duration?

    /// - Parameter profiles: each is looked at once or twice, and kept nowhere: there may be a thousand.
    init(of profiles: some Collection<ProfileSnapshot>, clients: Int, at now: ClockReading) {
        var unsettled: [String] = []
        for profile in profiles where profile.servableToken(at: now) == nil && profile.refusal == nil {
            unsettled.append(profile.name)
        }
        self.unsettled = unsettled.sorted()
        let areNamed = profiles.count <= Self.maximumNamed
        let text = areNamed ? Self.named(profiles, at: now) : Self.counted(profiles, self.unsettled, at: now)
        self.text = "\(text); \(clients == 1 ? "1 client" : "\(clients) clients")"
        // What is counted does not age by itself, and a thousand profiles are not to be looked through for nothing.
        let aging = areNamed ? profiles.compactMap { $0.servableToken(at: now)?.remaining(at: now) } : []
        holds = aging.compactMap(\.untilNextMinute).min()
    }

    /// Every profile has a token in memory or is refused.
    var isSettled: Bool { unsettled.isEmpty }

    private static func named(_ profiles: some Collection<ProfileSnapshot>, at now: ClockReading) -> String {
        profiles.sorted { $0.name < $1.name }.map { "\($0.name): \($0.summary(at: now))" }.joined(separator: "; ")
    }

    private static func counted(
        _ profiles: some Collection<ProfileSnapshot>, _ unsettled: [String], at now: ClockReading
    ) -> String {
        var states: [ProfileState: Int] = [:]
        for profile in profiles { states[profile.state(at: now), default: 0] += 1 }
        let counts = ProfileState.allCases.compactMap { state in states[state].map { "\($0) \(state)" } }
        let waited = unsettled.prefix(maximumNamed).joined(separator: ", ")
        let more = unsettled.count - maximumNamed
        let wait = unsettled.isEmpty ? "" : "; waiting for \(waited)\(more > 0 ? " and \(more) more" : "")"
        return "\(profiles.count) profiles: \(counts.joined(separator: ", "))\(wait)"
    }
}

extension Duration {
    /// The two largest units down to minutes, for what is shown for a while: `19 h 12 min`, `less than a minute`.
    var minutesText: String { self < .seconds(60) ? "less than a minute" : text(downTo: "min") }

    /// How long ``minutesText`` stays as it is while this much runs out; `nil` below a minute.
    fileprivate var untilNextMinute: Duration? {
        guard self >= .seconds(60) else { return nil }
        return .seconds(components.seconds % 60) + .nanoseconds(components.attoseconds / 1_000_000_000)
            + .milliseconds(1)
    }
}

/// Says that the daemon's status may have changed. Lives on the loop.
final class StatusSignal {
    /// An element whenever what ``Broker/summary()`` says may have changed.
    let changes: AsyncStream<Void>

    private let loop: ServingLoop
    private let continuation: AsyncStream<Void>.Continuation
    private var isChangeDue = false
    /// Goes off when the status that was shown last is no longer true.
    private var aging: LoopTimer?

    init(on loop: ServingLoop) {
        self.loop = loop
        (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func changed() {
        continuation.yield()
    }

    /// Clients come and go by the thousand: what is said of them is brought up to date five times a second.
    func connectionsChanged() {
        guard !isChangeDue else { return }
        isChangeDue = true
        loop.schedule(after: .milliseconds(200)) { [self] in
            isChangeDue = false
            changed()
        }
    }

    /// What is shown now changes by itself after `age`; `nil` for never.
    func ages(after age: Duration?) {
        if let aging { loop.cancel(aging) }
        aging = age.map { age in loop.schedule(after: age) { [self] in changed() } }
    }

    func finish() {
        continuation.finish()
    }
}

/// The reply to `status` as it goes out, a piece whenever the client has taken the one before: with a thousand profiles
/// it is long, and a client that does not read it must not have us hold it, nor others wait until it is made.
struct StatusPieces {
    /// Bytes from which on a piece is long enough.
    private static let size = 2048
    /// Profiles that are looked at for a piece; most may be hidden.
    private static let maximumProfiles = 64

    private var piece: [UInt8]
    private let tail: [UInt8]
    /// Of the profiles that are still to come, in order.
    private var names: ArraySlice<String>
    private var isFirst = true

    init(_ reply: StatusReply, of names: [String], id: RequestID?) {
        (piece, tail) = reply.frame(id: id)
        self.names = names[...]
    }

    /// - Parameter status: that of a profile; `nil` for one that the client may not see, or that is gone by now.
    mutating func next(_ status: (_ profile: String) -> ProfileStatus?) -> ReplyPiece {
        var left = Self.maximumProfiles
        while piece.count < Self.size, left > 0, let name = names.popFirst() {
            left -= 1
            guard let status = status(name) else { continue }
            if !isFirst { piece.append(UInt8(ascii: ",")) }
            isFirst = false
            status.encode(into: &piece)
        }
        if names.isEmpty { piece += tail }
        defer { piece = [] }
        return ReplyPiece(bytes: piece, isLast: names.isEmpty)
    }
}
