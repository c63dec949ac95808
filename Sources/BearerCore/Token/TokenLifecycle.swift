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
    package internal(set) var token: AccessToken?
    /// The generation of the newest token; 0 before the first.
    package internal(set) var generation: UInt64 = 0
    /// The lifetime of the newest token, also after its end.
    package internal(set) var lastLifetime: Duration?
    package internal(set) var lastSuccess: ClockReading?
    package internal(set) var exchange: Exchange?
    package internal(set) var failureStreak: FailureStreak?
    package internal(set) var counters = LifecycleCounters()
    /// Whether there are client credentials to ask for a token with.
    package internal(set) var hasCredentials: Bool

    var attempt: PlannedAttempt?
    var lastTokenRequest: ClockReading?
    var lastDemand: ClockReading?
    /// An exchange that clients caused is planned and not sent yet.
    var isDemanded = false
    var rejections = RejectedGenerations()
    package internal(set) var forcedRegistration = ForcedRegistration.none
    var registrations: RegistrationGuard
    var invalidClients = InvalidClientStreak()
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
        guard token?.isServable(at: now) == true else { return generation == 0 ? .starting : .degraded }
        return exchange == nil ? .ready : .renewing
    }

    private mutating func historyToWrite(at now: ClockReading) -> [LifecycleAction] {
        registrations.needsWriting(at: now) ? [.saveHistory] : []
    }

    mutating func begin(_ kind: Exchange.Kind) -> LifecycleAction {
        exchanges += 1
        let next = Exchange(id: exchanges, kind: kind)
        exchange = next
        attempt = nil
        if kind == .token { isDemanded = false } else { forcedRegistration = .none }
        return .send(next)
    }
}
