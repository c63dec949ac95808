internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// The clients of one profile: who may have its token, whose requests wait for it, and what they are given. Lives on the
/// loop.
final class ProfileClients {
    private let profile: String
    private let log: ClientLog
    /// `nil`: whoever can open the socket.
    private var access: AccessPolicy?
    private let waiters: TokenWaiters
    private var watchers: [UInt64: Caller] = [:]
    private var numbers: UInt64 = 0
    /// Requests without those that ``replies`` counts.
    private var admitted: UInt64 = 0
    private let replies = TokenReplies()
    private var audit = Audit()

    init(of profile: String, _ access: AccessPolicy?, on loop: ServingLoop, _ log: ClientLog) {
        self.profile = profile
        self.access = access
        self.log = log
        waiters = TokenWaiters(on: loop)
    }

    /// Requests since the start.
    var requests: UInt64 { admitted + replies.repetitions }

    var waiterCount: Int { waiters.count }
    var watcherCount: Int { watchers.count }

    // MARK: Who may ask

    func isAllowed(_ client: ClientConnection) -> Bool { client.isAllowed(by: access) }

    func isAllowed(_ unit: CredentialPeer) -> Bool { access?.allows(unit: unit.unit) ?? true }

    /// Counts a request, unless the client may not have the token.
    func admit(_ client: ClientConnection) throws(ErrorReply) {
        guard isAllowed(client) else { throw denial(of: client.peer) }
        admitted += 1
    }

    /// The same for a unit whose credential systemd loads.
    func admit(_ unit: CredentialPeer) -> Bool {
        guard isAllowed(unit) else { return false }
        admitted += 1
        return true
    }

    func denial(of peer: Peer) -> ErrorReply {
        ErrorReply(.accessDenied, "uid \(peer.uid) may not have the token of profile \(profile)")
    }

    /// Others may have the token from now on: watches that are no longer allowed end.
    func configure(_ access: AccessPolicy?) {
        self.access = access
        replies.forget()
        for watcher in watchers.values where !isAllowed(watcher.client) {
            watcher.client.closeWithError(lateDenial(of: watcher.peer), id: watcher.id)
        }
    }

    /// The denial of a client that lost the right while it waited or watched.
    private func lateDenial(of peer: Peer) -> ErrorReply {
        let error = denial(of: peer)
        if log.admitDenial(of: peer) { log.logDenial(error.description, peer, profile) }
        return error
    }

    // MARK: What they are given

    /// The reply to `token`.
    func answer(_ token: AccessToken, to caller: Caller, at now: ClockReading) -> [UInt8] {
        logUse(of: token, by: .uid(caller.peer.uid), caller.peer)
        guard let id = caller.id else { return replies.line(for: token, profile: profile, at: now) }
        return replies.line(TokenReply(token, profile: profile, at: now), id: id)
    }

    /// That the reply to `token` without an `id` may be given again; `nil` where each use is to be logged.
    var repeatedToken: RepeatedToken? { log.isAuditing ? nil : RepeatedToken(replies) }

    /// The token alone, for a unit.
    func bytes(of token: AccessToken, for unit: CredentialPeer, _ peer: Peer) -> [UInt8] {
        logUse(of: token, by: .unit(unit.unit), peer)
        return replies.bare(token)
    }

    private func watchLine(_ token: AccessToken, for watcher: Caller, at now: ClockReading) -> [UInt8] {
        logUse(of: token, by: .uid(watcher.peer.uid), watcher.peer)
        return replies.line(TokenReply(token, profile: profile, at: now, withGeneration: true), id: watcher.id)
    }

    private func logUse(of token: AccessToken, by user: ClientLog.User, _ peer: Peer) {
        guard log.isAuditing, audit.record(user, generation: token.generation) else { return }
        log.logUse(of: profile, generation: token.generation, by: user, peer)
    }

    // MARK: Requests that wait

    /// Lets a request wait for a token.
    ///
    /// - Parameter timeout: what it is answered after `limit`.
    /// - Returns: cancels the wait.
    func wait(
        for wish: TokenWaiters.Wish, _ limit: Duration, _ caller: Caller, timeout: @escaping () -> ErrorReply
    ) -> () -> Void {
        waiters.add(wish, limit: limit, timeout: timeout) { [self] outcome in
            switch outcome {
            case .token where !isAllowed(caller.client): caller.deliver(lateDenial(of: caller.peer))
            case .token(let token, let now): caller.client.deliver(answer(token, to: caller, at: now))
            case .failed(let error): caller.deliver(error)
            }
        }
    }

    /// The same for a request that did not come by the line protocol.
    func wait(
        _ limit: Duration, timeout: @escaping () -> ErrorReply, resume: @escaping (TokenWaiters.Outcome) -> Void
    ) -> () -> Void {
        waiters.add(.lasting(.zero), limit: limit, timeout: timeout, resume: resume)
    }

    /// Sends the caller each new token from now on.
    ///
    /// - Parameter token: the current one, which is the first line.
    /// - Returns: that line, and what ends the watch.
    func watch(
        _ token: AccessToken?, _ caller: Caller, at now: ClockReading
    ) -> (first: [UInt8]?, cancel: () -> Void) {
        numbers += 1
        let number = numbers
        watchers[number] = caller
        return (token.map { watchLine($0, for: caller, at: now) }, { [self] in watchers[number] = nil })
    }

    // MARK: What happens to the token

    func tokenChanged(to token: AccessToken?, at now: ClockReading) {
        replies.forget()
        guard let token else { return }
        waiters.settle(with: token, at: now)
        for watcher in watchers.values { watcher.client.publish(watchLine(token, for: watcher, at: now)) }
    }

    /// There is no token any more: those who watch are told why.
    func tokenEnded(_ error: ErrorReply) {
        replies.forget()
        publish(error)
    }

    /// The profile is refused: nobody waits for its token.
    func refused(_ error: ErrorReply) {
        tokenEnded(error)
        waiters.failAll(error)
    }

    /// Ends the waits for another token than a rejected one: they are for just the exchange that failed.
    func renewalFailed(_ error: ErrorReply) {
        waiters.failRenewals(error)
    }

    /// Ends every wait for a token.
    func failWaiters(_ error: ErrorReply) {
        waiters.failAll(error)
    }

    func publish(_ error: ErrorReply) {
        for watcher in watchers.values { watcher.publish(error) }
    }

    /// The profile is no longer configured.
    func end(_ error: ErrorReply) {
        replies.forget()
        waiters.failAll(error)
        for watcher in watchers.values { watcher.client.closeWithError(error, id: watcher.id) }
    }
}
