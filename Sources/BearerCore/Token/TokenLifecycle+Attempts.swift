extension TokenLifecycle {
    /// No two token requests of a profile are closer together than this.
    static let minimumInterval = Duration.seconds(1)

    /// A token of an earlier process is served on, and renewed when it would have been.
    mutating func start(at now: ClockReading, random: Double) -> [LifecycleAction] {
        guard let token, token.isServable(at: now) else {
            self.token = nil
            return sendWhatIsDue(at: now)
        }
        plan(renewalOf: token, random: random)
        return [.tokenChanged]
    }

    mutating func deadline(at now: ClockReading, random: Double) -> [LifecycleAction] {
        let ended = endToken(at: now, random: random)
        guard exchange == nil, let attempt, attempt.at.isReached(at: now) else { return ended }
        return ended + sendWhatIsDue(at: now)
    }

    /// Sends the exchange that the profile needs now, or plans it where it must wait.
    mutating func sendWhatIsDue(at now: ClockReading) -> [LifecycleAction] {
        guard exchange == nil else { return [] }
        return hasCredentials ? requestToken(at: now) : register(replacing: false, at: now)
    }

    mutating func requestToken(at now: ClockReading) -> [LifecycleAction] {
        if let last = lastTokenRequest, now.boot < last.boot + Self.minimumInterval {
            let wait = last.boot + Self.minimumInterval - now.boot
            let next = now.advanced(by: wait)
            attempt = PlannedAttempt(at: next, notBefore: next)
            return []
        }
        lastTokenRequest = now
        return [begin(.token)]
    }

    mutating func register(replacing: Bool, at now: ClockReading) -> [LifecycleAction] {
        let hold = history.hold(at: now.boot)
        guard hold == .zero else { return self.hold(until: now.advanced(by: hold)) }
        return beginRegistration(replacing: replacing, at: now)
    }

    /// The only place where a registration begins.
    private mutating func beginRegistration(replacing: Bool, at now: ClockReading) -> [LifecycleAction] {
        guard origin.mayRegister else { return [] }
        registrations.begin(replacing: replacing, at: now)
        return [begin(.registration(replacing: replacing))]
    }

    /// Puts a registration off. Told once, until the server answers one.
    private mutating func hold(until next: ClockReading) -> [LifecycleAction] {
        attempt = PlannedAttempt(at: next, notBefore: next)
        guard registrations.reportHold() else { return [] }
        return [.report(.registrationHeld(unanswered: history.unanswered, next: next))]
    }

    mutating func registrationForced(at now: ClockReading) -> [LifecycleAction] {
        if let exchange {
            // A registration in flight is the one that is wanted.
            if exchange.kind == .token { forcedRegistration = .next(since: forcedRegistration.since ?? now) }
            return []
        }
        let (since, planned) = (forcedRegistration.since ?? now, attempt)
        let actions = beginRegistration(replacing: hasCredentials, at: now)
        forcedRegistration = actions.isEmpty ? .none : .begun(since: since, insteadOf: planned)
        return actions
    }

    /// What was planned before the order is planned again. The caller knows that the registration was not sent.
    mutating func registrationWithdrawn(at now: ClockReading) -> [LifecycleAction] {
        let order = forcedRegistration
        forcedRegistration = .none
        guard case .begun(_, let planned) = order else { return [] }
        exchange = nil
        attempt = planned ?? PlannedAttempt(at: now, notBefore: now)
        registrations.withdrawn()
        return [.saveHistory]
    }

    /// Takes a token out of service whose end has come, and brings a far-off retry nearer: there is nothing to serve.
    private mutating func endToken(at now: ClockReading, random: Double) -> [LifecycleAction] {
        guard let ended = token, !ended.isServable(at: now) else { return [] }
        token = nil
        if let attempt, exchange == nil {
            let backoff = Backoff.delay(
                failures: failureStreak?.failures ?? 1, isServing: false, retryAfter: nil, random: random)
            let wait = max(failureStreak == nil ? .zero : backoff, attempt.notBefore.remaining(at: now))
            let next = now.advanced(by: max(.zero, min(wait, attempt.at.remaining(at: now))))
            self.attempt = PlannedAttempt(at: next, notBefore: attempt.notBefore)
        }
        let consequence: LifecycleAction = failureStreak?.refusal == nil ? .tokenEnded : .refused
        return [consequence, .report(.tokenExpired(next: nextAttempt))]
    }

    /// A token is asked for at once with the new credentials. The current one is served until it is there, or to its end:
    /// whether the old credentials are still good is not known, and an API that refuses the token has clients say so.
    mutating func credentialsChanged(at now: ClockReading) -> [LifecycleAction] {
        exchange = nil
        // That was said of the credentials before.
        failureStreak?.refusal = nil
        return sendWhatIsDue(at: now)
    }

    /// Takes a changed policy over. A planned renewal is planned anew; a refused profile is tried at once.
    package mutating func reconfigure(
        renewal: RenewalPolicy, origin: CredentialsOrigin, at now: ClockReading, random: Double
    ) -> [LifecycleAction] {
        let isNew = renewal != self.renewal
        self.renewal = renewal
        self.origin = origin
        guard exchange == nil else { return [] }
        if failureStreak?.refusal != nil { return sendWhatIsDue(at: now) }
        if isNew, failureStreak == nil, !isDemanded, let token { plan(renewalOf: token, random: random) }
        return []
    }

    mutating func plan(renewalOf token: AccessToken, random: Double) {
        let delay = renewal.delay(lifetime: token.lifetime, random: random)
        attempt = PlannedAttempt(at: token.requestedAt.advanced(by: delay), notBefore: token.requestedAt)
    }
}
