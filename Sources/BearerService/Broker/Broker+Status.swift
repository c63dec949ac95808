internal import BearerConfiguration
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

extension Broker {
    func status(of profile: Profile, at now: Moment) -> ProfileStatus {
        var status = profile.status(at: now)
        status.nextAttemptAt = nextAttempt(of: profile, at: now)
        return status
    }

    /// What a client is told that no token can be given to now.
    func unavailable(_ profile: Profile, at now: Moment) -> ErrorReply {
        let reason =
            profile.wait(at: now)?.detail
            ?? profile.lifecycle.trouble.map { "the last exchange failed: \($0.last.label)" } ?? "it is being fetched"
        let next = nextAttempt(of: profile, at: now).map { Duration.seconds($0 - now.unixSeconds) }
        return ErrorReply(
            .temporarilyUnavailable, "profile \(profile.name) has no such token yet; \(reason)",
            retryAfter: max(.seconds(1), next ?? .zero))
    }

    /// When the profile's next exchange is sent, by today's wall clock; `nil` when a token is served and nothing is wrong,
    /// or nothing is planned.
    private func nextAttempt(of profile: Profile, at now: Moment) -> Int64? {
        guard profile.blockage == nil else {
            return profile.isBlockagePassing ? nextSave.map { now.advanced(by: $0 - now.boot).unixSeconds } : nil
        }
        if let order = profile.queued, let first = queue.first {
            let wait = Duration.seconds(Double(order.number - first.number) / settings.budget.rate)
            return now.advanced(by: budget.nextAvailable(at: now.boot) - now.boot + wait).unixSeconds
        }
        let lifecycle = profile.lifecycle
        guard lifecycle.trouble != nil || lifecycle.isRegistrationHeld || profile.servableToken(at: now) == nil else {
            return nil
        }
        return lifecycle.nextAttempt.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
    }
}

extension Profile {
    fileprivate func wait(at now: Moment) -> ProfileStatus.Wait? {
        if let blockage {
            return .init(reason: .blocked, since: (blockedAt ?? now).unixSeconds, detail: blockage)
        }
        if let queued {
            return .init(
                reason: .budget, since: queued.wantedAt.unixSeconds,
                detail: "its exchange waits its turn in the budget of all profiles")
        }
        guard lifecycle.isRegistrationHeld, let last = lifecycle.history.lastIntent else { return nil }
        let count = lifecycle.history.unanswered
        return .init(
            reason: .registrationHeld, since: now.unixSeconds - (now.boot - last).components.seconds,
            detail: "its registration is put off, because the last \(count) were not answered")
    }

    fileprivate func status(at now: Moment) -> ProfileStatus {
        let token = servableToken(at: now)
        let trouble = lifecycle.trouble
        var status = ProfileStatus(profile: name, state: .init(state(at: now)))
        status.expiresAt = token.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
        status.renewAt =
            trouble == nil && blockage == nil && token != nil ? unixTime(lifecycle.nextAttempt, at: now) : nil
        status.clientID = credentials?.credentials.clientID
        status.registeredAt = credentials?.registeredAt
        status.generation = lifecycle.generation == 0 ? nil : Int64(lifecycle.generation)
        status.lastSuccessAt = lifecycle.lastSuccess?.unixSeconds
        status.waiting = wait(at: now)
        status.lastError =
            trouble.map {
                ProfileStatus.Failure(error: $0.last.label, time: $0.lastAt.unixSeconds, detail: $0.last.detail)
            } ?? blockage.map { .init(error: "blocked", time: (blockedAt ?? now).unixSeconds, detail: $0) }
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
