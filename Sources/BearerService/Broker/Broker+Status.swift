internal import BearerCore
internal import BearerProtocol
internal import BearerState

/// What `status` shows.
extension Broker {
    func status(_ name: String?, id: RequestID?, _ client: ClientConnection) throws(ErrorReply) -> Answer {
        if let name {
            guard let profile = profiles[name] else { throw unknownProfile(name) }
            guard maySee(client, profile) else { throw denied(client.peer, name) }
        }
        let reply = StatusReply(
            version: identity.version, pid: identity.pid, startedAt: identity.startedAt.unixSeconds,
            connections: Int64(connections.count), profiles: [])
        var pieces = StatusPieces(reply, of: name.map { [$0] } ?? profileNames(), id: id)
        let first = pieces.next(of: self, for: client)
        return pieces.isOver ? .reply(first) : .inPieces(first, pieces)
    }

    func maySee(_ client: ClientConnection, _ profile: Profile) -> Bool {
        client.peer.isAdministrator(daemonUser: identity.user) || mayAsk(client, profile)
    }
}

extension Profile {
    func status(at now: Moment) -> ProfileStatus {
        let token = servableToken(at: now)
        let trouble = lifecycle.trouble
        var status = ProfileStatus(profile: name, state: .init(state(at: now)))
        status.expiresAt = token.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
        status.renewAt = trouble == nil && token != nil ? unixTime(lifecycle.nextAttempt, at: now) : nil
        status.clientID = credentials?.credentials.clientID
        status.registeredAt = credentials?.registeredAt
        status.generation = lifecycle.generation == 0 ? nil : Int64(lifecycle.generation)
        status.lastSuccessAt = lifecycle.lastSuccess?.unixSeconds
        status.lastError = trouble.map {
            ProfileStatus.Failure(error: $0.last.label, time: $0.lastAt.unixSeconds, detail: $0.last.detail)
        }
        status.nextAttemptAt = trouble == nil ? nil : unixTime(lifecycle.nextAttempt, at: now)
        status.isStateDurable = unsaved.isEmpty
        let counters = lifecycle.counters
        status.counters = .init(
            requests: Int64(requests + replies.repetitions), renewals: Int64(counters.renewals),
            failures: Int64(counters.failures),
            registrations: Int64(counters.registrations))
        return status
    }

    /// By today's wall clock, even if it was stepped since the time was planned.
    private func unixTime(_ planned: Moment?, at now: Moment) -> Int64? {
        planned.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
    }
}

extension ProfileStatus.State {
    init(_ state: ProfileState) {
        self =
            switch state {
            case .starting: .starting
            case .ready: .ready
            case .renewing: .renewing
            case .degraded: .degraded
            case .refused: .refused
            }
    }
}
