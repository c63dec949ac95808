internal import BearerCore
internal import BearerLoop
internal import BearerSystemd

/// What the journal says of clients, and no more of it than they may cause. Lives on the loop.
final class ClientLog {
    /// Whom an entry is about.
    enum User: Hashable, Sendable, CustomStringConvertible {
        case uid(UInt32)
        case unit(String)

        var description: String {
            switch self {
            case .uid(let uid): "uid \(uid)"
            case .unit(let unit): unit
            }
        }
    }

    private let journal: Journal
    private let units: PeerUnits
    private let loop: ServingLoop
    private let now: @Sendable () -> ClockReading
    private var limit = ComplaintLimit()
    /// The journal says the first time that a user or unit is given a token of a generation.
    var isAuditing = false

    init(_ journal: Journal, _ units: PeerUnits, on loop: ServingLoop, now: @escaping @Sendable () -> ClockReading) {
        self.journal = journal
        self.units = units
        self.loop = loop
        self.now = now
    }

    /// Writes at most one entry of a kind, user or unit, and matter a minute: clients can cause these at will.
    func complain(
        _ event: JournalEvent, _ message: String, _ fields: [JournalField: String], of user: User,
        about matter: String = ""
    ) {
        guard limit.admit(event, of: user, about: matter, at: now().boot) else { return }
        journal.write(event, message, fields)
    }

    /// The same of a peer and its process.
    func complain(_ event: JournalEvent, _ message: String, about peer: Peer) {
        complain(event, message, [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"], of: .uid(peer.uid))
    }

    /// Whether the journal has said nothing of a denial of this user within the last minute; counts this one.
    func admitDenial(of peer: Peer) -> Bool {
        limit.admit(.accessDenied, of: .uid(peer.uid), at: now().boot)
    }

    /// Writes of a denial, with the name of the user and the unit of the process; then calls `done`.
    func logDenial(_ error: String, _ peer: Peer, _ profile: String?, then done: @escaping () -> Void = {}) {
        logWithUnit(.accessDenied, error, peer, profile, then: done)
    }

    /// Writes that client credentials are handed over, with the unit that the process belongs to; then calls `done`.
    func logExport(of profile: String, clientID: String, _ peer: Peer, then done: @escaping () -> Void) {
        let message = "\(profile): the client credentials (client \(clientID)) were exported to uid \(peer.uid)"
        logWithUnit(.credentialsExported, message, peer, profile, then: done)
    }

    private func logWithUnit(
        _ event: JournalEvent, _ message: String, _ peer: Peer, _ profile: String?, then done: @escaping () -> Void
    ) {
        let write = loop.callback { [journal] (names: (unit: String?, user: String?)) in
            let unit = names.unit
            var fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
            fields[.peerUnit] = unit
            fields[.profile] = profile
            let who = [names.user.map { "user \($0)" }, "pid \(peer.pid)", unit].compactMap { $0 }
            journal.write(event, "\(message) (\(who.joined(separator: ", ")))", fields)
            done()
        }
        units.find(peer.pid, of: peer.uid, acceptedAt: peer.acceptedAt) { write(($0, $1)) }
    }

    /// Writes that somebody was given a token.
    func logUse(of profile: String, generation: UInt64, by user: User, _ peer: Peer) {
        var fields: [JournalField: String] = [
            .profile: profile, .generation: "\(generation)", .peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)",
        ]
        if case .unit(let unit) = user { fields[.peerUnit] = unit }
        journal.write(.tokenGiven, "\(profile): token \(generation) given to \(user)", fields)
    }
}

/// Keeps clients from filling the journal: one entry of a kind, user or unit, and matter a minute.
struct ComplaintLimit {
    private struct Key: Hashable {
        let event: JournalEvent
        let user: ClientLog.User
        let matter: String
    }

    private static let interval = Duration.seconds(60)
    /// Beyond this many at once, entries are dropped rather than remembered.
    private static let capacity = 1024

    private var last: [Key: Duration] = [:]

    /// Whether an entry may be written; counts it.
    ///
    /// - Parameters:
    ///   - matter: what it is about, where one user can have several matters of a kind.
    ///   - boot: CLOCK_BOOTTIME.
    mutating func admit(
        _ event: JournalEvent, of user: ClientLog.User, about matter: String = "", at boot: Duration
    ) -> Bool {
        let key = Key(event: event, user: user, matter: matter)
        if let previous = last[key], boot - previous < Self.interval { return false }
        if last.count >= Self.capacity { last = last.filter { boot - $0.value < Self.interval } }
        guard last.count < Self.capacity else { return false }
        last[key] = boot
        return true
    }
}

/// Who was given the token of the current generation: with `audit`, the journal says so the first time.
struct Audit {
    private var generation: UInt64 = 0
    private var users: Set<ClientLog.User> = []

    /// Records that `user` is given a token of `generation`.
    ///
    /// - Returns: whether this is the first time.
    mutating func record(_ user: ClientLog.User, generation: UInt64) -> Bool {
        if generation != self.generation {
            self.generation = generation
            users = []
        }
        return users.insert(user).inserted
    }
}
