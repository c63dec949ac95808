internal import BearerProtocol

extension DaemonStatus {
    init(_ reply: StatusReply) {
        version = reply.version
        pid = reply.pid
        startedAt = reply.startedAt
        connections = reply.connections
        profiles = reply.profiles.map(Profile.init)
    }
}

extension DaemonStatus.Profile {
    fileprivate init(_ status: ProfileStatus) {
        name = status.profile
        state = DaemonStatus.State(status.state)
        expiresAt = status.expiresAt
        renewAt = status.renewAt
        clientID = status.clientID
        registeredAt = status.registeredAt
        generation = status.generation
        lastSuccessAt = status.lastSuccessAt
        lastFailure = status.lastError.map { DaemonStatus.Failure(error: $0.error, time: $0.time, detail: $0.detail) }
        nextAttemptAt = status.nextAttemptAt
        waiting = status.waiting.map {
            DaemonStatus.Wait(reason: $0.reason.rawValue, since: $0.since, detail: $0.detail)
        }
        isStateDurable = status.isStateDurable
        counters = DaemonStatus.Counters(
            requests: status.counters.requests, renewals: status.counters.renewals,
            failures: status.counters.failures, registrations: status.counters.registrations)
    }
}

extension DaemonStatus.State {
    fileprivate init(_ state: ProfileStatus.State) {
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
