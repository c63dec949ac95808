internal import BearerCore
internal import BearerProtocol
internal import Glibc

/// Who is connected.
extension Broker {
    /// Counts a connection in.
    ///
    /// - Returns: why it is turned away, if it is one too many. It is counted all the same, until it is closed.
    func opened(_ client: ClientConnection, by peer: Peer) -> ErrorReply? {
        connections.opened(client, by: peer.uid)
        noteConnections()
        if connections.count > settings.limits.connections {
            return tooMany("there are \(settings.limits.connections) connections already", peer)
        }
        if connections.count(ofUser: peer.uid) > settings.limits.connectionsPerUser {
            return tooMany("uid \(peer.uid) has \(settings.limits.connectionsPerUser) connections already", peer)
        }
        return nil
    }

    func closed(_ client: ClientConnection, by peer: Peer) {
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
        let stopping = ErrorReply(.temporarilyUnavailable, "bearerd is stopping", retryAfter: .seconds(1))
        for profile in profiles.values { endWaiting(profile, with: stopping) }
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

    private var haveAllEnded: Bool { connections.count == 0 && loads.isEmpty }

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

    /// Nothing can be accepted for want of descriptors or memory.
    func noteShortage(_ code: CInt) {
        let reason = String(cString: strerror(code))
        journal.write(.connectionsLimited, "no connection can be accepted for the time being: \(reason)")
    }

    /// The reply to who may not have a profile's token, and the entry that tells of it.
    func denied(_ peer: Peer, _ profile: String) -> ErrorReply {
        note(.accessDenied, "\(profile): uid \(peer.uid) (pid \(peer.pid)) may not have its token", peer, profile)
        return ErrorReply(.accessDenied, "uid \(peer.uid) may not have the token of profile \(profile)")
    }

    /// The reply to who may not administer the daemon, and the entry that tells of it.
    func deniedOperation(_ operation: String, to peer: Peer) -> ErrorReply {
        note(
            .operationDenied, "\(operation): uid \(peer.uid) (pid \(peer.pid)) is neither root nor the daemon's user",
            peer)
        return ErrorReply(
            .accessDenied, "\(operation) is for root and the daemon's user; this is uid \(peer.uid)")
    }

    private func tooMany(_ reason: String, _ peer: Peer) -> ErrorReply {
        note(.connectionsLimited, "a connection of uid \(peer.uid) (pid \(peer.pid)) was turned away: \(reason)", peer)
        return ErrorReply(.slowDown, reason, retryAfter: .seconds(1))
    }

    private func note(_ event: JournalEvent, _ message: String, _ peer: Peer, _ profile: String? = nil) {
        var fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
        fields[.profile] = profile
        complain(event, message, fields, of: .uid(peer.uid), about: profile ?? "")
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
