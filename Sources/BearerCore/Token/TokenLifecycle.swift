/// The life of one profile's token: when to register, when to fetch and renew, what to do when that fails.
///
/// Pure: time and randomness are arguments, effects are returned as data. Invariants, whatever events come:
/// an expired token is never ``token``, at most one ``exchange`` is in flight, two token requests are at least a second
/// apart, and a registration is sent only without credentials, on confirmed rejection, or by force, and never where the
/// credentials are given.
package struct TokenLifecycle: Sendable, Equatable {
    package var renewal: RenewalPolicy
    package var origin: CredentialsOrigin

    /// The current token, if one may be handed out as of the last event.
    package private(set) var token: AccessToken?
    /// The generation of the newest token; 0 before the first.
    package private(set) var generation: UInt64 = 0
    /// The lifetime of the newest token, also after its end.
    package private(set) var lastLifetime: Duration?
    package private(set) var lastSuccess: ClockReading?
    package private(set) var exchange: Exchange?
    package private(set) var failureStreak: FailureStreak?
    package private(set) var counters = LifecycleCounters()
    /// Whether there are client credentials to ask for a token with.
    package private(set) var hasCredentials: Bool

    private var attempt: PlannedAttempt?
    private var lastTokenRequest: ClockReading?
    private var lastDemand: ClockReading?
    /// An exchange that clients caused is planned and not sent yet.
    private var isDemanded = false
    private var rejections = RejectedGenerations()
    package private(set) var forcedRegistration = ForcedRegistration.none
    private var registrations: RegistrationGuard
    private var invalidClients = InvalidClientStreak()
    private var exchanges: UInt64 = 0

    /// - Parameter restored: a token that an earlier process obtained with the same credentials.
    package init(
        renewal: RenewalPolicy, origin: CredentialsOrigin, hasCredentials: Bool,
        history: RegistrationHistory = RegistrationHistory(), restored: AccessToken? = nil
    ) {
        self.renewal = renewal
        self.origin = origin
        self.hasCredentials = hasCredentials || origin == .given
        registrations = RegistrationGuard(history)
        token = restored
        generation = restored?.generation ?? 0
        lastLifetime = restored?.lifetime
    }

    /// Numbers the tokens after those of `other`, whose place with clients that watch this one takes.
    package mutating func continueGenerations(of other: TokenLifecycle) {
        generation = max(generation, other.generation)
    }

    /// Takes in one event.
    ///
    /// - Parameter random: a number drawn uniformly from 0..<1; each event uses at most one.
    package mutating func handle(_ event: LifecycleEvent, at now: ClockReading, random: Double) -> [LifecycleAction] {
        switch event {
        case .start: start(at: now, random: random) + historyToWrite(at: now)
        case .deadline: deadline(at: now, random: random) + historyToWrite(at: now)
        case .registered(let id): exchange?.id == id ? registered(at: now) : []
        case .granted(let id, let grant, let sentAt):
            exchange?.id == id ? granted(grant, sentAt: sentAt, at: now, random: random) : []
        case .failed(let id, let failure): exchange?.id == id ? failed(failure, at: now, random: random) : []
        case .registrationForced: registrationForced(at: now)
        case .registrationWithdrawn: registrationWithdrawn(at: now)
        case .credentialsChanged: credentialsChanged(at: now)
        }
    }

    /// The token, if it may be handed out now.
    package func servableToken(at now: ClockReading) -> AccessToken? {
        guard let token, token.isServable(at: now) else { return nil }
        return token
    }

    /// What must survive a restart of the profile's registrations.
    package var history: RegistrationHistory { registrations.history }

    /// The intent of a registration, or the credentials that came of it, could be recorded nowhere: the next one waits.
    package mutating func registrationNotRecorded(at now: ClockReading) {
        registrations.notWritten(at: now)
    }

    /// The credentials that could be recorded nowhere are recorded now.
    package mutating func registrationRecorded() {
        registrations.written()
    }

    /// When ``LifecycleEvent/deadline`` is due next; nothing is due while it is `nil`.
    package var nextDeadline: ClockReading? {
        let planned = exchange == nil ? attempt?.at : nil
        guard let end = token?.endOfService else { return planned }
        guard let planned else { return end }
        return planned.earlier(end)
    }

    /// Whether the next registration waits because earlier ones were never answered.
    package var isRegistrationHeld: Bool { registrations.isHoldReported && exchange == nil }

    /// When the next exchange is planned; `nil` while one is in flight.
    package var nextAttempt: ClockReading? { exchange == nil ? attempt?.at : nil }

    package func state(at now: ClockReading) -> ProfileState {
        if failureStreak?.refusal != nil { return .refused }
        if failureStreak != nil { return .degraded }
        guard servableToken(at: now) != nil else { return generation == 0 ? .starting : .degraded }
        return exchange == nil ? .ready : .renewing
    }

    private mutating func historyToWrite(at now: ClockReading) -> [LifecycleAction] {
        registrations.needsWriting(at: now) ? [.saveHistory] : []
    }

    private mutating func begin(_ kind: Exchange.Kind) -> LifecycleAction {
        exchanges += 1
        let next = Exchange(id: exchanges, kind: kind)
        exchange = next
        attempt = nil
        if kind == .token { isDemanded = false } else { forcedRegistration = .none }
        return .send(next)
    }
}

// MARK: - What is sent, and when

extension TokenLifecycle {
    /// No two token requests of a profile are closer together than this.
    private static let minimumInterval = Duration.seconds(1)

    /// A token of an earlier process is served on, and renewed when it would have been.
    private mutating func start(at now: ClockReading, random: Double) -> [LifecycleAction] {
        guard let token = servableToken(at: now) else {
            self.token = nil
            return sendWhatIsDue(at: now)
        }
        plan(renewalOf: token, random: random)
        return [.tokenChanged]
    }

    private mutating func deadline(at now: ClockReading, random: Double) -> [LifecycleAction] {
        let ended = endToken(at: now, random: random)
        guard exchange == nil, let attempt, attempt.at.isReached(at: now) else { return ended }
        return ended + sendWhatIsDue(at: now)
    }

    /// Sends the exchange that the profile needs now, or plans it where it must wait.
    private mutating func sendWhatIsDue(at now: ClockReading) -> [LifecycleAction] {
        guard exchange == nil else { return [] }
        return hasCredentials ? requestToken(at: now) : register(replacing: false, at: now)
    }

    private mutating func requestToken(at now: ClockReading) -> [LifecycleAction] {
        if let last = lastTokenRequest, now.boot < last.boot + Self.minimumInterval {
            let wait = last.boot + Self.minimumInterval - now.boot
            let next = now.advanced(by: wait)
            attempt = PlannedAttempt(at: next, notBefore: next)
            return []
        }
        lastTokenRequest = now
        return [begin(.token)]
    }

    private mutating func register(replacing: Bool, at now: ClockReading) -> [LifecycleAction] {
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

    private mutating func registrationForced(at now: ClockReading) -> [LifecycleAction] {
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
    private mutating func credentialsChanged(at now: ClockReading) -> [LifecycleAction] {
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

    private mutating func plan(renewalOf token: AccessToken, random: Double) {
        let delay = renewal.delay(lifetime: token.lifetime, random: random)
        attempt = PlannedAttempt(at: token.requestedAt.advanced(by: delay), notBefore: token.requestedAt)
    }
}

// MARK: - What comes of it

extension TokenLifecycle {
    /// A refused profile is tried again after this long: somebody may have fixed it at the server.
    private static let refusalInterval = Duration.seconds(900)

    /// A token that cannot be handed out is none: the current one is kept, and the server is not asked each second.
    private static let stillborn = ExchangeFailure(
        .unexpectedReply, detail: "the token's life was over when it arrived; more than a second of it must be left")

    private mutating func registered(at now: ClockReading) -> [LifecycleAction] {
        guard case .registration(let replacing) = exchange?.kind else { return [] }
        exchange = nil
        forcedRegistration = .none
        hasCredentials = true
        registrations.succeeded(replacing: replacing, at: now)
        invalidClients = InvalidClientStreak()
        counters.registrations += 1
        return [.report(.registered(replacing: replacing))] + requestToken(at: now)
    }

    private mutating func granted(
        _ grant: TokenGrant, sentAt: ClockReading, at now: ClockReading, random: Double
    ) -> [LifecycleAction] {
        guard exchange?.kind == .token else { return [] }
        lastTokenRequest = sentAt
        invalidClients = InvalidClientStreak()
        let fresh = AccessToken(grant: grant, generation: generation + 1, requestedAt: sentAt)
        guard fresh.isServable(at: now) else { return failed(Self.stillborn, at: now, random: random) }
        exchange = nil
        generation += 1
        token = fresh
        lastLifetime = grant.lifetime
        lastSuccess = now
        counters.renewals += 1
        let renewal = sentAt.advanced(by: self.renewal.delay(lifetime: grant.lifetime, random: random))
        attempt = PlannedAttempt(at: renewal, notBefore: sentAt)
        let report = success(lifetime: grant.lifetime, renewal: renewal, at: now)
        failureStreak = nil
        return [.report(report), .tokenChanged] + forcedRegistration(at: now)
    }

    private mutating func failed(_ failure: ExchangeFailure, at now: ClockReading, random: Double) -> [LifecycleAction]
    {
        guard let kind = exchange?.kind else { return [] }
        exchange = nil
        counters.failures += 1
        if case .registration(let replacing) = kind {
            registrations.failed(failure, replacing: replacing, at: now)
            forcedRegistration = .none
        }
        let isFirst = failureStreak == nil
        let wasRefused = failureStreak?.refusal
        record(failure, at: now)
        let outcome =
            if let error = origin.refusal(of: failure) {
                refused(error, kind, failure, again: wasRefused == error, at: now)
            } else if case .registration(let policy) = origin, failure.reason == .oauth(.invalidClient), kind == .token
            {
                invalidClient(failure, policy, at: now, random: random)
            } else {
                retry(kind, failure, isFirst: isFirst, at: now, random: random)
            }
        return outcome + forcedRegistration(at: now)
    }

    private func success(lifetime: Duration, renewal: ClockReading, at now: ClockReading) -> LifecycleReport {
        guard let failureStreak else {
            return .tokenObtained(generation: generation, lifetime: lifetime, renewal: renewal)
        }
        return .recovered(
            generation: generation, lifetime: lifetime, renewal: renewal,
            failures: failureStreak.failures, duration: now.boot - failureStreak.since.boot)
    }

    private mutating func record(_ failure: ExchangeFailure, at now: ClockReading) {
        var streak = failureStreak ?? FailureStreak(since: now, failures: 0, last: failure, lastAt: now)
        streak.failures += 1
        streak.last = failure
        streak.lastAt = now
        // A first `invalid_client` tells something new; the later ones of a streak do not undo a refused replacement.
        let isNews = failure.isAnswer && invalidClients.count == 0
        streak.refusal = origin.refusal(of: failure) ?? (isNews ? nil : streak.refusal)
        failureStreak = streak
    }

    private mutating func retry(
        _ kind: Exchange.Kind, _ failure: ExchangeFailure, isFirst: Bool, at now: ClockReading, random: Double
    ) -> [LifecycleAction] {
        let next = planRetry(after: failure, at: now, random: random)
        let isServing = servableToken(at: now) != nil
        let report = LifecycleAction.report(.exchangeFailed(kind, failure, next: next, isServing: isServing))
        return (isFirst ? [report] : []) + [.exchangeFailed]
    }

    private mutating func refused(
        _ error: OAuthError, _ kind: Exchange.Kind, _ failure: ExchangeFailure, again: Bool, at now: ClockReading
    ) -> [LifecycleAction] {
        let asked = min(failure.retryAfter ?? .zero, Backoff.maximumRetryAfter)
        let next = now.advanced(by: max(Self.refusalInterval, asked))
        attempt = PlannedAttempt(at: next, notBefore: next)
        let report = again ? [] : [LifecycleAction.report(.refused(error, kind, next: next))]
        return report + [token == nil && !again ? .refused : .exchangeFailed]
    }

    private mutating func invalidClient(
        _ failure: ExchangeFailure, _ policy: Reregistration, at now: ClockReading, random: Double
    ) -> [LifecycleAction] {
        invalidClients.recordAnswer(at: now.boot)
        if policy == .automatic, mayReplaceCredentials(at: now), history.hold(at: now.boot) == .zero {
            return [.exchangeFailed] + register(replacing: true, at: now)
        }
        let next = planRetry(after: failure, at: now, random: random)
        let report = LifecycleAction.report(.credentialsRejected(replacement(policy, at: now), next: next))
        return (invalidClients.count == 1 ? [report] : []) + [.exchangeFailed]
    }

    /// Confirmed, nearly nothing left to serve, and not replaced within the last day.
    private func mayReplaceCredentials(at now: ClockReading) -> Bool {
        guard invalidClients.isConfirmed(at: now.boot) else { return false }
        return untilNearlyOver(at: now) < .zero && history.mayReplace(at: now.boot)
    }

    /// How long until less than 5 % of the token's life is left; negative from then on, and without a token.
    private func untilNearlyOver(at now: ClockReading) -> Duration {
        token.map { $0.remaining(at: now) - $0.lifetime * 0.05 } ?? .seconds(-1)
    }

    /// When rejected credentials are replaced, as far as that can be told at the first rejection.
    private func replacement(_ policy: Reregistration, at now: ClockReading) -> Replacement {
        guard policy == .automatic else { return .never }
        let day = history.replacementWait(at: now.boot)
        let waits: [(Duration, Replacement.Reason)] = [
            (untilNearlyOver(at: now), .tokenServed), (day, .replacedBefore),
            (history.hold(at: now.boot), .registrationHeld),
        ]
        let longest = waits.filter { $0.0 > InvalidClientStreak.confirmation }.max { $0.0 < $1.0 }
        return longest.map { .from(now.advanced(by: $0.0), $0.1) } ?? .onceConfirmed
    }

    private mutating func planRetry(after failure: ExchangeFailure, at now: ClockReading, random: Double)
        -> ClockReading
    {
        let delay = Backoff.delay(
            failures: failureStreak?.failures ?? 1, isServing: servableToken(at: now) != nil,
            retryAfter: failure.retryAfter, random: random)
        let next = now.advanced(by: delay)
        let asked = min(max(failure.retryAfter ?? .zero, .zero), Backoff.maximumRetryAfter)
        attempt = PlannedAttempt(at: next, notBefore: now.advanced(by: asked))
        return next
    }

    private mutating func forcedRegistration(at now: ClockReading) -> [LifecycleAction] {
        forcedRegistration != .none && exchange == nil ? registrationForced(at: now) : []
    }
}

// MARK: - What clients want

extension TokenLifecycle {
    /// Clients cause at most one exchange of a profile in this time.
    private static let demandInterval = Duration.seconds(30)

    /// A client needs a newer token than the current one: joins the exchange in flight or starts one.
    ///
    /// After a failure none is started: the planned retry is joined, so that clients never shorten a backoff.
    package mutating func demandRenewal(at now: ClockReading) -> (Demand, [LifecycleAction]) {
        guard exchange == nil, failureStreak == nil, !isDemanded else { return (.joined, []) }
        if let last = lastDemand, now.boot - last.boot < Self.demandInterval {
            return (.slowDown(retryAfter: Self.demandInterval - (now.boot - last.boot)), [])
        }
        lastDemand = now
        isDemanded = true
        return (.joined, sendWhatIsDue(at: now))
    }

    /// An API turned the current token down, for a client of `user`. See ``RejectedGenerations``.
    package mutating func recordRejection(by user: UInt32, at now: ClockReading) -> [LifecycleAction] {
        guard let token, rejections.record(token.generation, by: user, at: now) else { return [] }
        return [.report(.freshTokenRejected(generation: token.generation))]
    }

    /// Since when APIs turn down even fresh tokens, as the journal said; `nil` once a token was renewed without having been
    /// turned down.
    package var freshTokensRejectedSince: ClockReading? { rejections.toldAt(before: generation) }
}
