internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// What becomes of a new connection.
enum Admission: Sendable {
    case served
    /// It is one too many; unless it `lingers`, there is no time for its client to read why.
    case turnedAway(ErrorReply, lingers: Bool)
}

/// Who is connected.
extension Broker {
    /// Counts a connection in, unless it is one too many.
    func opened(_ client: ClientConnection, by peer: Peer) -> Admission {
        let limits = settings.limits
        let reserve = peer.isAdministrator(daemonUser: identity.user) ? ConnectionLimits.reserve : 0
        noteConnections()
        if connections.count >= limits.connections + reserve {
            return turnAway(client, peer, "there are \(limits.connections) connections already")
        }
        if connections.count(ofUser: peer.uid) >= limits.connectionsPerUser {
            return turnAway(client, peer, "uid \(peer.uid) has \(limits.connectionsPerUser) connections already")
        }
        connections.opened(client, by: peer.uid, client.group)
        return .served
    }

    /// Where the streams of a user wait for their turns.
    func streamGroup(of uid: UInt32) -> StreamGroup { connections.group(ofUser: uid) }

    func closed(_ client: ClientConnection, by peer: Peer) {
        holdings.set(0, for: client)
        connections.closed(client, by: peer.uid)
        noteConnections()
        resumeIfAllEnded()
    }

    /// A unit has its credential, or went away.
    func loaded(_ load: CredentialConnection) {
        loads[ObjectIdentifier(load)] = nil
        resumeIfAllEnded()
    }

    /// Answers what has arrived, tells those who wait that there is no more waiting, and ends every connection.
    ///
    /// - Parameter limit: after this long, what is still open is cut.
    func endConnections(within limit: Duration) async {
        for profile in profiles.values { endWaiting(profile, with: .stopping) }
        for client in connections.all { client.end() }
        guard !haveAllEnded else { return }
        let cut = loop.schedule(after: limit) { self.assumeIsolated { $0.cutConnections() } }
        await withCheckedContinuation { lastConnection = $0 }
        loop.cancel(cut)
    }

    /// Clients come and go by the thousand: what is said of them is brought up to date five times a second.
    private func noteConnections() {
        guard !isNotingConnections else { return }
        isNotingConnections = true
        loop.schedule(after: .milliseconds(200)) {
            self.assumeIsolated { broker in
                broker.isNotingConnections = false
                broker.noteChange()
            }
        }
    }

    private var haveAllEnded: Bool { connections.isEmpty && loads.isEmpty }

    private func resumeIfAllEnded() {
        guard haveAllEnded else { return }
        lastConnection?.resume()
        lastConnection = nil
    }

    private func cutConnections() {
        for client in connections.all { client.cut() }
        for load in loads.values { load.cut() }
    }

    func start(_ listener: Listener) throws(LoopError) {
        try listener.start()
    }

    func stop(_ listener: Listener) {
        listener.stop()
    }

    /// Nothing can be accepted for want of descriptors, memory or watches.
    func noteShortage(_ shortage: LoopError) {
        complain(
            .acceptingRests, "no connection can be accepted for the time being: \(shortage)", [:],
            of: .uid(identity.user))
    }

    /// Bytes that are held for `client`, beyond what everybody may have us hold.
    func holds(_ bytes: Int, for client: ClientConnection) {
        holdings.set(bytes, for: client)
        guard holdings.isExceeded, !isMakingRoom else { return }
        isMakingRoom = true
        loop.execute { self.assumeIsolated { $0.makeRoom() } }
    }

    /// Cuts connections: as many a turn as can have come, and few once there is room for those.
    private func makeRoom() {
        for _ in 0..<(holdings.isExceeded ? 32 : 2) {
            guard !holdings.hasRoom, let client = holdings.newestOfHeaviestUser() else { break }
            note(
                .connectionsLimited,
                "a connection of uid \(client.peer.uid) (pid \(client.peer.pid)) was cut: clients send half lines or do "
                    + "not read, and have us hold more than \(Holdings.limit >> 20) MiB", client.peer)
            client.cut()
        }
        isMakingRoom = !holdings.hasRoom
        if isMakingRoom { loop.execute { self.assumeIsolated { $0.makeRoom() } } }
    }

    private func turnAway(_ client: ClientConnection, _ peer: Peer, _ reason: String) -> Admission {
        connections.turnedAway(client)
        note(.connectionsLimited, "a connection of uid \(peer.uid) (pid \(peer.pid)) was turned away: \(reason)", peer)
        return .turnedAway(
            ErrorReply(.slowDown, reason, retryAfter: .seconds(1)),
            lingers: connections.leavingCount <= ConnectionLimits.leaving)
    }

    private func note(_ event: JournalEvent, _ message: String, _ peer: Peer) {
        let fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
        complain(event, message, fields, of: .uid(peer.uid))
    }

    /// Clients can cause these entries at will: at most one of a kind, user or unit, and matter a minute.
    func complain(
        _ event: JournalEvent, _ message: String, _ fields: [JournalField: String], of user: Audit.User,
        about matter: String = ""
    ) {
        guard complaints.isDue(event, of: user, about: matter, at: now().boot) else { return }
        journal.write(event, message, fields)
    }

    /// With `audit`, tells the first time that somebody is given a token of a generation.
    func noteUse(of profile: Profile, _ token: AccessToken, by user: Audit.User, _ peer: Peer) {
        guard settings.audit, profile.audit.isFirst(user, generation: token.generation) else { return }
        var fields: [JournalField: String] = [
            .profile: profile.name, .generation: "\(token.generation)", .peerUID: "\(peer.uid)",
            .peerPID: "\(peer.pid)",
        ]
        if case .unit(let unit) = user { fields[.peerUnit] = unit }
        journal.write(.tokenGiven, "\(profile.name): token \(token.generation) given to \(user)", fields)
    }
}
