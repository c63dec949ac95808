internal import BearerCore
internal import BearerState
internal import BearerUpstream

/// Exchanges with the authorization server: at most one in flight for a profile, within the budget of all.
extension Broker {
    func enqueue(_ exchange: Exchange, of profile: Profile, at moment: Moment) {
        guard !isStopping else { return }
        ordered += 1
        let order = ExchangeOrder(
            profile: profile.name, owner: ObjectIdentifier(profile), exchange: exchange, wantedAt: moment,
            number: ordered)
        profile.queued = order
        queue.append(order)
        sendQueued()
    }

    /// Sends what the budget allows.
    func sendQueued() {
        var sent: [ExchangeOrder] = []
        while let first = queue.first, budget.take(at: now().boot) {
            queue.removeFirst()
            if let profile = profiles[first.profile], profile.queued == first { profile.queued = nil }
            sent.append(first)
        }
        if !sent.isEmpty { order(.saveBudget) }
        for exchange in sent { order(.exchange(exchange)) }
    }

    /// Carries one exchange out, from what must be on disk before it to the event that tells of its outcome.
    func carryOut(_ order: ExchangeOrder) async {
        guard !isStopping, let profile = profiles[order.profile], ObjectIdentifier(profile) == order.owner,
            profile.lifecycle.exchange == order.exchange
        else { return }
        switch order.exchange.kind {
        case .token:
            let sentAt = now()
            let outcome = await requestToken(order.exchange, for: profile)
            settleBudget(outcome, sentAt: sentAt)
            // One that was given up is nobody's failure.
            if isStopping, case .failed = outcome { return }
            handleIfCurrent(outcome, for: profile)
        case .registration:
            profile.isRegistering = true
            if await !save(.history, of: profile) { profile.lifecycle.registrationNotRecorded(at: now()) }
            let sentAt = now()
            let outcome = await register(order.exchange, for: profile)
            settleBudget(outcome, sentAt: sentAt)
            handleIfCurrent(outcome, for: profile)
            settleRegistrants(of: profile, outcome)
            if profile.areCredentialsAtRisk { profile.lifecycle.registrationNotRecorded(at: now()) }
            await save(.history, of: profile)
            profile.isRegistering = false
            resumeAwaitingRegistrations()
        }
    }

    /// Waits until no registration is in flight of the profiles for which `isMeant` is true; an exchange has its time
    /// limit, and so has this.
    func registrationsEnd(_ isMeant: (Profile) -> Bool) async {
        while profiles.values.contains(where: { $0.isRegistering && isMeant($0) }) {
            await withCheckedContinuation { awaitingRegistrations.append($0) }
        }
    }

    private func resumeAwaitingRegistrations() {
        let waiting = awaitingRegistrations
        awaitingRegistrations = []
        for continuation in waiting { continuation.resume() }
    }

    /// Slows our calls down when the server finds them too many.
    private func settleBudget(_ outcome: LifecycleEvent, sentAt: Moment) {
        let failure: ExchangeFailure? = if case .failed(_, let failure) = outcome { failure } else { nil }
        budget.ended(failure, sentAt: sentAt.boot, at: now().boot, random: .random(in: 0..<1))
        if failure?.isThrottled == true { order(.saveBudget) }
    }

    /// A reload may have put another in the profile's place meanwhile.
    private func handleIfCurrent(_ outcome: LifecycleEvent, for profile: Profile) {
        guard profiles[profile.name] === profile else { return }
        handle(outcome, for: profile)
    }

    private func requestToken(_ exchange: Exchange, for profile: Profile) async -> LifecycleEvent {
        guard let credentials = profile.credentials?.credentials else {
            let failure = ExchangeFailure(.unexpectedReply, detail: "there are no client credentials to ask with")
            return .failed(exchange: exchange.id, failure)
        }
        let sentAt = now()
        do {
            let grant = try await upstream.requestToken(profile.settings.tokenRequest(credentials))
            return .granted(exchange: exchange.id, grant, sentAt: sentAt)
        } catch {
            return .failed(exchange: exchange.id, error)
        }
    }

    /// The credentials are on disk before anybody uses them.
    private func register(_ exchange: Exchange, for profile: Profile) async -> LifecycleEvent {
        guard !isStopping else {
            let failure = ExchangeFailure(.notConnected, detail: "bearerd is stopping: nothing was sent")
            return .failed(exchange: exchange.id, failure)
        }
        do {
            let credentials = try await upstream.register(profile.settings.registrationRequest)
            profile.credentials = StoredCredentials(credentials: credentials, registeredAt: now().unixSeconds)
            profile.areCredentialsAtRisk = await !save(.credentials, of: profile)
            return .registered(exchange: exchange.id)
        } catch {
            return .failed(exchange: exchange.id, error)
        }
    }
}
