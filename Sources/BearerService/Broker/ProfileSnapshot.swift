internal import BearerConfiguration
internal import BearerCore
internal import BearerProtocol

/// An exchange that waits for the budget.
struct BudgetWait {
    let since: ClockReading
    /// When it is expected to be sent, on CLOCK_BOOTTIME.
    let until: Duration
    /// The server said that there were too many calls (429).
    let isThrottled: Bool

    /// Why, for people.
    var detail: String {
        isThrottled
            ? "the server said that too many calls come from this address (429), and the next call is made after a pause"
            : "its exchange waits its turn in the budget of all profiles"
    }
}

/// How things stand with a profile: what `status`, STATUS= and errors are made of.
struct ProfileSnapshot {
    let name: String
    let lifecycle: TokenLifecycle
    /// Set when the profile's files cannot be used.
    var unusable: UnusableState?
    var credentials: ClientCredentials?
    /// When we registered, seconds since 1970.
    var registeredAt: Int64?
    /// The client credentials are given: this host does not register.
    var isProvisioned = false
    var isDurable = true
    /// Requests of clients since the start.
    var requests: UInt64 = 0
    /// The profile's exchange, while that waits for the budget.
    var waiting: BudgetWait?
    /// Base URL of the authorization server.
    var server = ""
    /// Those that the registration should have.
    var expectedScopes: [String] = []
    /// When files that could not be read are read again, on CLOCK_BOOTTIME.
    var nextRetry: Duration?

    /// The token, if it may be handed out now.
    func servableToken(at now: ClockReading) -> AccessToken? { lifecycle.servableToken(at: now) }

    /// Why waiting is pointless: what the client is told with `registration_refused`.
    var refusal: String? {
        if let unusable { return unusable.reason }
        guard let error = lifecycle.failureStreak?.refusal else { return nil }
        return "the authorization server refuses profile \(name): \(error.rawValue)"
    }

    func state(at now: ClockReading) -> ProfileState {
        guard unusable != nil else { return lifecycle.state(at: now) }
        return servableToken(at: now) == nil ? .refused : .degraded
    }

    /// What a client is told that no token can be given to now, or what else is lacking.
    func unavailable(at now: ClockReading, _ lack: String = "has no token") -> ErrorReply {
        let reason =
            wait(at: now)?.detail ?? lifecycle.failureStreak.map { "the last exchange failed: \($0.last.label)" }
            ?? "it is being fetched"
        let next = nextAttempt(at: now).map { Duration.seconds($0 - now.unixSeconds) }
        return ErrorReply(
            .temporarilyUnavailable, "profile \(name) \(lack); \(reason)",
            retryAfter: max(.seconds(1), next ?? .zero))
    }

    func status(at now: ClockReading) -> ProfileStatus {
        let token = servableToken(at: now)
        let streak = lifecycle.failureStreak
        var status = ProfileStatus(profile: name, state: state(at: now))
        status.environment = ServerEnvironment.allCases.first { $0.server == server }?.rawValue
        status.server = server
        status.expiresAt = token.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
        status.renewAt =
            streak == nil && unusable == nil && token != nil ? unixTime(lifecycle.nextAttempt, at: now) : nil
        status.nextAttemptAt = nextAttempt(at: now)
        status.clientID = credentials?.clientID
        status.isProvisioned = isProvisioned
        status.registeredAt = registeredAt
        status.scopes = credentials?.scopes
        status.generation = lifecycle.generation == 0 ? nil : Int64(lifecycle.generation)
        status.lastSuccessAt = lifecycle.lastSuccess?.unixSeconds
        status.waiting = wait(at: now)
        status.lastError =
            streak.map {
                ProfileStatus.Failure(error: $0.last.label, time: $0.lastAt.unixSeconds, detail: $0.last.detail)
            } ?? unusable.map { .init(error: "blocked", time: $0.since.unixSeconds, detail: $0.reason) }
        status.warnings = warnings
        status.isStateDurable = isDurable
        let counters = lifecycle.counters
        status.counters = .init(
            requests: Int64(requests), renewals: Int64(counters.renewals), failures: Int64(counters.failures),
            registrations: Int64(counters.registrations))
        return status
    }

    /// What deserves a look while it lasts, although the profile may be served well.
    private var warnings: [ProfileStatus.Warning] {
        var warnings: [ProfileStatus.Warning] = []
        if let since = lifecycle.forcedRegistration.since {
            warnings.append(
                .init(
                    warning: "registration_forced", since: since.unixSeconds,
                    detail: "new client credentials were ordered by register --force, and viewers will have to sign in "
                        + "again; the order is withdrawn if the client that waits for it goes away before it is sent"))
        }
        if let since = lifecycle.freshTokensRejectedSince {
            warnings.append(
                .init(
                    warning: "fresh_token_rejected", since: since.unixSeconds,
                    detail:
                        "APIs refuse even fresh tokens; check the scopes, the channel and the environment, in this order"
                ))
        }
        if let credentials, case let missing = credentials.missingScopes(of: expectedScopes), !missing.isEmpty {
            warnings.append(
                .init(
                    warning: "scope_missing", since: registeredAt,
                    detail: "the registration lacks \(missing.joined(separator: ", ")), which expect_scopes names"))
        }
        return warnings
    }

    /// The profile's part of STATUS=.
    func summary(at now: ClockReading) -> String {
        let plan = plan(at: now)
        if let token = servableToken(at: now) { return "token for \(token.remaining(at: now).minutesText), \(plan)" }
        if let unusable { return "refused: \(unusable.reason)" }
        if lifecycle.failureStreak?.refusal != nil, lifecycle.exchange == nil { return plan }
        let doing = lifecycle.hasCredentials ? "waiting for a token" : "waiting for registration"
        return "\(doing), \(plan)"
    }

    private func plan(at now: ClockReading) -> String {
        if let exchange = lifecycle.exchange {
            guard let waiting else { return "asking for \(exchange.kind == .token ? "one" : "credentials")" }
            let time = now.advanced(by: waiting.until - now.boot).wallTimeOfDay
            return waiting.isThrottled ? "throttled (http_429), next attempt \(time)" : "waiting its turn"
        }
        let time = lifecycle.nextAttempt.map { now.advanced(by: $0.remaining(at: now)).wallTimeOfDay } ?? "never"
        if lifecycle.isRegistrationHeld { return "held until \(time): earlier registrations were not answered" }
        guard let streak = lifecycle.failureStreak else {
            return "next \(servableToken(at: now) == nil ? "attempt" : "renewal") \(time)"
        }
        return "\(streak.refusal == nil ? "failing" : "refused") (\(streak.last.label)), next attempt \(time)"
    }

    private func wait(at now: ClockReading) -> ProfileStatus.Wait? {
        if let unusable {
            return .init(reason: .blocked, since: unusable.since.unixSeconds, detail: unusable.reason)
        }
        if let waiting {
            return .init(reason: .budget, since: waiting.since.unixSeconds, detail: waiting.detail)
        }
        guard lifecycle.isRegistrationHeld, let last = lifecycle.history.lastIntent else { return nil }
        let count = lifecycle.history.unanswered
        return .init(
            reason: .registrationHeld, since: now.unixSeconds - (now.boot - last).components.seconds,
            detail: "its registration is put off, because the last \(count) were not answered")
    }

    /// When the profile's next exchange is sent; `nil` when a token is served and nothing is wrong, or nothing is planned.
    private func nextAttempt(at now: ClockReading) -> Int64? {
        if let unusable { return unusable.isPassing ? nextRetry.map { unixTime($0, at: now) } : nil }
        if let waiting { return unixTime(waiting.until, at: now) }
        guard lifecycle.failureStreak != nil || lifecycle.isRegistrationHeld || servableToken(at: now) == nil else {
            return nil
        }
        return unixTime(lifecycle.nextAttempt, at: now)
    }

    private func unixTime(_ boot: Duration, at now: ClockReading) -> Int64 {
        now.advanced(by: boot - now.boot).unixSeconds
    }

    /// By today's wall clock, even if it was stepped since the time was planned.
    private func unixTime(_ planned: ClockReading?, at now: ClockReading) -> Int64? {
        planned.map { now.advanced(by: $0.remaining(at: now)).unixSeconds }
    }
}
