internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// What becomes of a new connection.
enum Admission {
    case served
    /// It is one too many; unless it `lingers`, there is no time for its client to read why.
    case rejected(ErrorReply, lingers: Bool)
}

/// The open connections: how many there may be, what they make us hold, and how they end. Lives on the loop.
///
/// Those that were rejected do not count: a user who is over the limit must not use up the others' connections.
final class ClientRegistry {
    private struct User {
        let group: StreamGroup
        var count = 0
    }

    let now: @Sendable () -> ClockReading
    private let loop: ServingLoop
    private let identity: DaemonIdentity
    private let log: ClientLog
    /// Called when connections came or went.
    private let onChange: () -> Void
    /// What one client, and all of them together, may take; a change holds for connections from then on.
    var limits: ConnectionLimits
    /// The groups that decide about clients.
    private(set) var namedGroups = NamedGroups()
    /// Finds out who is in them.
    let groupsLookup: PeerGroupsLookup

    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var users: [UInt32: User] = [:]
    /// Rejected; they may still read why.
    private var draining: [ObjectIdentifier: ClientConnection] = [:]
    /// Units' credentials that are being loaded.
    private var credentials: [ObjectIdentifier: CredentialConnection] = [:]
    private var buffers = ClientBuffers()
    private var isMakingRoom = false
    /// Resumed when the last connection is closed, while the daemon stops.
    private var lastConnection: CheckedContinuation<Void, Never>?

    init(
        on loop: ServingLoop, _ limits: ConnectionLimits, _ identity: DaemonIdentity, _ log: ClientLog,
        now: @escaping @Sendable () -> ClockReading, onChange: @escaping () -> Void
    ) {
        self.loop = loop
        self.limits = limits
        self.identity = identity
        self.log = log
        self.now = now
        self.onChange = onChange
        groupsLookup = PeerGroupsLookup(on: loop)
    }

    /// Clients that are served.
    var count: Int { clients.count }

    /// Bytes that clients make us hold, beyond a little for each.
    var heldBytes: Int { buffers.total }

    /// Somebody waits for the last connection to end.
    var isEnding: Bool { lastConnection != nil }

    /// From now on, these groups decide about clients.
    func nameGroups(_ groups: Set<UInt32>) {
        namedGroups.set(groups)
    }

    /// Where the streams of a user wait for their turns.
    func streamGroup(ofUser uid: UInt32) -> StreamGroup { users[uid]?.group ?? StreamGroup() }

    // MARK: Connections come and go

    /// Counts a connection in, unless it is one too many.
    func admit(_ client: ClientConnection) -> Admission {
        let peer = client.peer
        let reserve = peer.isAdministrator(daemonUser: identity.user) ? ConnectionLimits.reserve : 0
        onChange()
        if clients.count >= limits.connections + reserve {
            return reject(client, "there are \(limits.connections) connections already")
        }
        if users[peer.uid]?.count ?? 0 >= limits.connectionsPerUser {
            return reject(client, "uid \(peer.uid) has \(limits.connectionsPerUser) connections already")
        }
        clients[ObjectIdentifier(client)] = client
        users[peer.uid, default: User(group: client.group)].count += 1
        return .served
    }

    func closed(_ client: ClientConnection) {
        buffers.set(0, for: client)
        if draining.removeValue(forKey: ObjectIdentifier(client)) == nil,
            clients.removeValue(forKey: ObjectIdentifier(client)) != nil, let user = users[client.peer.uid]
        {
            users[client.peer.uid] = user.count > 1 ? User(group: user.group, count: user.count - 1) : nil
        }
        onChange()
        resumeIfAllEnded()
    }

    func admit(_ connection: CredentialConnection) {
        credentials[ObjectIdentifier(connection)] = connection
    }

    func closed(_ connection: CredentialConnection) {
        credentials[ObjectIdentifier(connection)] = nil
        resumeIfAllEnded()
    }

    /// Nothing can be accepted for want of descriptors, memory or watches.
    func logShortage(_ shortage: LoopError) {
        log.complain(
            .acceptingRests, "no connection can be accepted for the time being: \(shortage)", [:],
            of: .uid(identity.user))
    }

    private func reject(_ client: ClientConnection, _ reason: String) -> Admission {
        draining[ObjectIdentifier(client)] = client
        let peer = client.peer
        log.complain(
            .connectionsLimited, "a connection of uid \(peer.uid) (pid \(peer.pid)) was turned away: \(reason)",
            about: peer)
        return .rejected(
            ErrorReply(.slowDown, reason, retryAfter: .seconds(1)),
            lingers: draining.count <= ConnectionLimits.draining)
    }

    // MARK: What they make us hold

    /// Bytes that are held for `client` now, beyond what is free.
    func holds(_ bytes: Int, for client: ClientConnection) {
        buffers.set(bytes, for: client)
        guard buffers.isExceeded, !isMakingRoom else { return }
        isMakingRoom = true
        loop.schedule(after: .zero) { [self] in makeRoom() }
    }

    /// Cuts connections: as many per turn as can have come, and few once there is room for those.
    private func makeRoom() {
        for _ in 0..<(buffers.isExceeded ? 32 : 2) {
            guard !buffers.hasRoom, let client = buffers.newestOfHeaviestUser() else { break }
            let peer = client.peer
            log.complain(
                .connectionsLimited,
                "a connection of uid \(peer.uid) (pid \(peer.pid)) was cut: clients send half lines or do "
                    + "not read, and have us hold more than \(ClientBuffers.limit >> 20) MiB", about: peer)
            client.cut()
        }
        isMakingRoom = !buffers.hasRoom
        if isMakingRoom { loop.schedule(after: .zero) { [self] in makeRoom() } }
    }

    // MARK: The end

    /// Answers what has arrived and ends every connection; what is still open after `limit` is cut.
    func endAll(within limit: Duration) async {
        for client in all { client.end() }
        let cut = loop.schedule(after: limit) { [self] in cutAll() }
        await withCheckedContinuation { continuation in
            // The task may have been put aside before it comes here, and the last connection may have ended meanwhile.
            lastConnection = continuation
            resumeIfAllEnded()
        }
        loop.cancel(cut)
    }

    private func cutAll() {
        for client in all { client.cut() }
        for connection in credentials.values { connection.cut() }
    }

    /// A copy: connections that end leave the registry.
    private var all: [ClientConnection] { Array(clients.values) + Array(draining.values) }

    private var haveAllEnded: Bool { clients.isEmpty && draining.isEmpty && credentials.isEmpty }

    private func resumeIfAllEnded() {
        guard haveAllEnded else { return }
        lastConnection?.resume()
        lastConnection = nil
    }
}
