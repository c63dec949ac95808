import BearerCore

/// Watches a life from outside and keeps its own books: what it knows, it knows from events and actions only.
struct LifecycleOracle {
    /// The first broken promise.
    private(set) var violation: String?
    /// Registrations that an administrator asked for.
    var forced = 0
    /// The true time since the host's life began; no clock of the host shows it.
    var truth = Duration.zero

    private let origin: CredentialsOrigin
    private var inFlight: Exchange?
    /// The true end of the newest token, on either clock.
    private var trueEnd: ClockReading?
    private var isEnded = true
    private var lastTokenRequest: ClockReading?
    private var hasCredentials: Bool
    private var rejections: [Duration] = []
    private var isReplacingByItself = false
    private var lastReplacement: Duration?
    /// How far the wall clock misled the daemon, when a later boot read what was written, since the last replacement.
    private var replacementLead = Duration.zero
    private var forcedSent = 0
    private var forcedSentBefore = 0
    /// The registration in flight was ordered.
    private var isOrderInFlight = false
    private var replaced = 0
    private var unanswered = 0
    private var created = 0
    private var inARow = 0
    private var lastIntent: Duration?
    /// The same since the last registration.
    private var intentLead = Duration.zero
    private var intentBefore: (time: Duration?, lead: Duration) = (nil, .zero)
    private var servableBefore: AccessToken?

    init(_ origin: CredentialsOrigin) {
        self.origin = origin
        hasCredentials = origin == .given
    }

    mutating func report(_ what: String) {
        violation = violation ?? what
    }

    private mutating func require(_ holds: Bool, _ what: String) {
        if !holds { report(what) }
    }

    /// What was written is read in another boot, by a wall clock that is ahead of the one at writing.
    mutating func read(lead: Duration) {
        replacementLead += max(.zero, lead)
        intentLead += max(.zero, lead)
    }

    /// The daemon was killed; a registration in flight may have made a client.
    mutating func killed(keepsToken: Bool) {
        if case .registration? = inFlight?.kind {
            registrationLost()
            if isReplacingByItself { noteReplacement(at: lastIntent ?? truth) }
        }
        inFlight = nil
        if !keepsToken {
            trueEnd = nil
            isEnded = true
        }
        lastTokenRequest = nil
        rejections = []
        forced = forcedSent
    }

    mutating func before(_ event: LifecycleEvent, lifecycle: TokenLifecycle, now: ClockReading) {
        servableBefore = lifecycle.token.flatMap { $0.isServable(at: now) ? $0 : nil }
        switch event {
        case .granted(let id, let grant, let sentAt) where id == inFlight?.id:
            inFlight = nil
            rejections = []
            if !sentAt.advanced(by: grant.lifetime - .seconds(1)).isReached(at: now) {
                trueEnd = sentAt.advanced(by: grant.lifetime)
                isEnded = false
            }
        case .registered(let id) where id == inFlight?.id: registered()
        case .credentialsChanged: inFlight = nil
        case .registrationWithdrawn: withdrawn()
        case .failed(let id, let failure) where id == inFlight?.id: failed(failure, at: now)
        default: break
        }
    }

    /// A registration that was ordered and is not sent yet is not made.
    private mutating func withdrawn() {
        if case .registration? = inFlight?.kind, isOrderInFlight {
            inFlight = nil
            inARow -= 1
            (lastIntent, intentLead) = intentBefore
            forcedSent = forcedSentBefore
        }
        isOrderInFlight = false
        forced = forcedSent
    }

    private mutating func registered() {
        inFlight = nil
        hasCredentials = true
        rejections = []
        created += 1
        inARow = 0
        if isReplacingByItself { replaced += 1 }
        noteReplacement(at: truth)
    }

    private mutating func noteReplacement(at time: Duration) {
        guard isReplacingByItself else { return }
        lastReplacement = time
        replacementLead = .zero
    }

    private mutating func failed(_ failure: ExchangeFailure, at now: ClockReading) {
        if case .registration? = inFlight?.kind {
            switch failure.reason {
            case .timedOut, .status(502):
                registrationLost()
                noteReplacement(at: truth)
            case .notConnected:
                inARow -= 1
                (lastIntent, intentLead) = intentBefore
            default: inARow = 0
            }
        } else if failure.reason == .oauth(.invalidClient) {
            rejections.append(now.boot)
        }
        inFlight = nil
    }

    private mutating func registrationLost() {
        unanswered += 1
        created += 1
    }

    mutating func after(
        _ event: LifecycleEvent?, _ actions: [LifecycleAction], lifecycle: TokenLifecycle, now: ClockReading
    ) {
        for action in actions {
            switch action {
            case .send(let exchange): sent(exchange, because: event, lifecycle: lifecycle, now: now)
            case .tokenChanged: require(lifecycle.token?.isServable(at: now) == true, "a new token that is none")
            case .tokenEnded:
                isEnded = true
                require(servableBefore == nil, "a servable token was ended")
            default: break
            }
        }
        if case .failed? = event, let servableBefore {
            require(lifecycle.token == servableBefore, "a failure took a servable token")
        }
        if case .deadline? = event {
            require(lifecycle.nextDeadline?.isReached(at: now) != true, "a deadline stays reached")
        }
        require(lifecycle.exchange == inFlight, "an exchange that nobody sent")
        look(at: lifecycle, now: now)
    }

    /// What must hold at any time.
    mutating func look(at lifecycle: TokenLifecycle, now: ClockReading) {
        if let token = lifecycle.token {
            require(!isEnded, "a token is back after its end")
            let isServed = token.isServable(at: now)
            if let trueEnd, isServed {
                require(now.boot < trueEnd.boot && now.wall < trueEnd.wall, "served after its true end")
                require(token.remaining(at: now) >= .seconds(1), "expires_in below 1")
            }
            require(isServed || lifecycle.nextDeadline?.isReached(at: now) == true, "nobody is woken at the end")
        }
        guard inFlight == nil else { return }
        guard let next = lifecycle.nextDeadline, let attempt = lifecycle.nextAttempt else {
            return report("nothing in flight and nothing planned")
        }
        let longest = lifecycle.token == nil ? 3_600.0 : 2_592_000
        require(next.remaining(at: now) <= .seconds(longest), "the next deadline is too far off")
        require(!attempt.isReached(at: now) || next.isReached(at: now), "an attempt is due but no deadline")
    }

    private mutating func sent(
        _ exchange: Exchange, because event: LifecycleEvent?, lifecycle: TokenLifecycle, now: ClockReading
    ) {
        require(inFlight == nil, "two exchanges in flight")
        inFlight = exchange
        guard case .registration = exchange.kind else {
            require(hasCredentials, "a token request without credentials")
            if let last = lastTokenRequest {
                require(now.boot - last.boot >= .seconds(1), "token requests within a second")
            }
            lastTokenRequest = now
            return
        }
        registrationSent(because: event, lifecycle, now: now)
    }

    private mutating func registrationSent(
        because event: LifecycleEvent?, _ lifecycle: TokenLifecycle, now: ClockReading
    ) {
        require(origin != .given, "a registration although the credentials are given")
        let objection = objectionToReplacing(lifecycle, now: now)
        isReplacingByItself = false
        isOrderInFlight = isForced(event, objection: objection)
        if isOrderInFlight {
            forcedSentBefore = forcedSent
            forcedSent = forced
        } else {
            if inARow >= 3, let lastIntent {
                let pause = Duration.seconds(min(60 << (inARow - 3), 3_600))
                require(truth - lastIntent >= pause - intentLead, "a held registration was sent")
            }
            if hasCredentials {
                isReplacingByItself = true
                if let objection { report(objection) }
            }
        }
        inARow += 1
        intentBefore = (lastIntent, intentLead)
        (lastIntent, intentLead) = (truth, .zero)
        let allowed = 1 + unanswered + forcedSent + replaced + (isReplacingByItself ? 1 : 0)
        require(created + 1 <= allowed, "a registration too many")
    }

    /// An administrator's wish is carried out at once or when the exchange in flight has ended.
    private func isForced(_ event: LifecycleEvent?, objection: String?) -> Bool {
        guard forced > forcedSent else { return false }
        switch event {
        case .registrationForced?, .granted?: return true
        case .failed?: return objection != nil
        default: return false
        }
    }

    private func objectionToReplacing(_ lifecycle: TokenLifecycle, now: ClockReading) -> String? {
        guard hasCredentials else { return "nothing to replace" }
        if origin == .registration(.never) { return "replaced although never" }
        if rejections.count < 3 { return "replaced after \(rejections.count) answers" }
        if now.boot - (rejections.first ?? now.boot) < .seconds(60) { return "replaced within a minute" }
        if let lastReplacement, truth - lastReplacement < .seconds(86_400) - replacementLead {
            return "replaced twice in 24 h"
        }
        if let token = lifecycle.token, token.remaining(at: now) >= token.lifetime * 0.05 {
            return "replaced a good token's"
        }
        return nil
    }
}
