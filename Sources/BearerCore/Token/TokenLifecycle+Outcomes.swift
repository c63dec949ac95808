extension TokenLifecycle {
    /// A refused profile is tried again after this long: somebody may have fixed it at the server.
    private static let refusalInterval = Duration.seconds(900)

    /// A token that cannot be handed out is none: the current one is kept, and the server is not asked each second.
    private static let stillborn = ExchangeFailure(
        .unexpectedReply, detail: "the token's life was over when it arrived; more than a second of it must be left")

    mutating func registered(at now: ClockReading) -> [LifecycleAction] {
        guard case .registration(let replacing) = exchange?.kind else { return [] }
        exchange = nil
        forcedRegistration = .none
        hasCredentials = true
        registrations.succeeded(replacing: replacing, at: now)
        invalidClients = InvalidClientStreak()
        counters.registrations += 1
        return [.report(.registered(replacing: replacing))] + requestToken(at: now)
    }

    mutating func granted(
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

    mutating func failed(_ failure: ExchangeFailure, at now: ClockReading, random: Double) -> [LifecycleAction] {
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
        let isServing = token?.isServable(at: now) == true
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
            failures: failureStreak?.failures ?? 1, isServing: token?.isServable(at: now) == true,
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
