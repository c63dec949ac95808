import BearerCore
import TestSupport

/// One random life of a profile: clocks that are stepped, a host that suspends, a daemon that is killed, a server that
/// answers anything. After each step the ``LifecycleOracle`` is asked whether a promise was broken.
struct RandomLife {
    private(set) var random: SeededGenerator
    private(set) var now = ClockReading.origin
    private(set) var lifecycle: TokenLifecycle
    private(set) var oracle: LifecycleOracle

    /// What is on disk: all that survives a kill.
    private var record = RegistrationRecord(unanswered: 0)
    private var areCredentialsSaved = false
    private var boots = 1
    /// How the wall clock differed from the true time when the record was written, and in which boot that was.
    private var written = (error: Duration.zero, boot: 1)
    private var sentAt = ClockReading.origin
    private let origin: CredentialsOrigin
    private let policy: RenewalPolicy

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        origin = random.chance(4) ? .given : .registration(random.chance(4) ? .never : .automatic)
        oracle = LifecycleOracle(origin)
        policy = RenewalPolicy(at: Double.random(in: 0.1...0.9, using: &random), jitter: 0.05)
        lifecycle = TokenLifecycle(renewal: policy, origin: origin, hasCredentials: false)
    }

    /// Lives through `steps` events, then through good times; the first broken promise, if any.
    mutating func violation(steps: Int) -> String? {
        take(.start)
        for _ in 0..<steps where oracle.violation == nil { step() }
        for _ in 0..<200 where oracle.violation == nil && !isWell { goodTimes() }
        if oracle.violation == nil, !isWell { return "no token after good times" }
        return oracle.violation
    }

    private var isWell: Bool {
        lifecycle.exchange == nil && lifecycle.token?.isServable(at: now) == true
    }

    private mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: reachDeadline()
        case 30..<65: answer()
        case 65..<72: pass(random.unit() * 400)
        case 72..<74: pass(random.unit() * 604_800)
        case 74..<78: stepWallClock()
        case 78..<81: restart()
        case 81..<83: force()
        case 83..<90: demand()
        case 90..<93:
            note(lifecycle.recordRejection(by: UInt32.random(in: 0..<3, using: &random), at: now), cause: nil)
        case 93..<96: stale()
        case 96..<98 where origin == .given: take(.credentialsChanged)
        default: take(.deadline)
        }
    }

    private mutating func goodTimes() {
        if let exchange = lifecycle.exchange {
            succeed(exchange, lifetime: 86_400)
        } else {
            reachDeadline()
        }
    }

    private mutating func pass(_ seconds: Double) {
        passUnseen(seconds)
        oracle.look(at: lifecycle, now: now)
    }

    private mutating func passUnseen(_ seconds: Double) {
        now = now.advanced(by: .seconds(seconds))
        oracle.truth += .seconds(seconds)
    }

    private mutating func stepWallClock() {
        let steps: [Double] = [86_400, 315_360_000, 60, 3_600, 0.5]
        let size = (steps.randomElement(using: &random) ?? 0) * (random.chance(2) ? 1 : -1)
        now.wall += .seconds(size)
        oracle.look(at: lifecycle, now: now)
        // The shell hears of a step at once; sometimes something else comes first.
        if !random.chance(3) { take(.deadline) }
    }

    /// Sleeps as the shell does: until the next deadline by the clocks, then a little too long.
    private mutating func reachDeadline() {
        guard let deadline = lifecycle.nextDeadline else { return pass(random.unit()) }
        pass(max(0, deadline.remaining(at: now) / .seconds(1)) + 1e-6 + (random.chance(5) ? random.unit() * 5 : 0))
        take(.deadline)
    }

    private mutating func answer() {
        guard let exchange = lifecycle.exchange else { return }
        pass(random.unit() * (random.chance(3) ? 15 : 0.3))
        if random.chance(2) { return fail(exchange) }
        let lifetimes: [Double] = [1, 2, 3, 10, 60, 1_000, 21_600, 86_400, 1e9]
        succeed(exchange, lifetime: lifetimes.randomElement(using: &random) ?? 60)
    }

    private mutating func succeed(_ exchange: Exchange, lifetime: Double) {
        if exchange.kind == .token {
            take(.granted(exchange: exchange.id, .lasting(lifetime), sentAt: sentAt))
        } else {
            areCredentialsSaved = true
            take(.registered(exchange: exchange.id))
        }
        save()
    }

    private mutating func save() {
        record = RegistrationRecord(lifecycle.history, bootID: "\(boots)", at: now)
        written = (now.wall - oracle.truth, boots)
    }

    private mutating func fail(_ exchange: Exchange) {
        let failures: [ExchangeFailure] = [
            .unreachable, .timedOut, .unavailable, .throttled(retryAfter: nil), .throttled(retryAfter: 90),
            .badGateway, .oauth(OAuthError.allCases.randomElement(using: &random) ?? .invalidRequest),
            .oauth(.invalidClient), .oauth(.invalidClient), .oauth(.invalidClient),
        ]
        take(.failed(exchange: exchange.id, failures.randomElement(using: &random) ?? .unreachable))
        save()
    }

    /// A kill, at times with a reboot: all that is in memory is lost, but for a token that systemd kept.
    private mutating func restart() {
        let isReboot = random.chance(2)
        let restored = isReboot || random.chance(3) ? nil : lifecycle.token
        oracle.killed(keepsToken: restored?.isServable(at: now) == true)
        passUnseen(random.unit() * 10)
        if isReboot {
            boots += 1
            now.boot = .zero
            passUnseen(random.unit() * 60)
        }
        if written.boot != boots { oracle.read(lead: now.wall - oracle.truth - written.error) }
        lifecycle = TokenLifecycle(
            renewal: policy, origin: origin, hasCredentials: areCredentialsSaved,
            history: RegistrationHistory(record, bootID: "\(boots)", at: now), restored: restored)
        take(.start)
    }

    private mutating func force() {
        oracle.forced += 1
        take(.registrationForced)
        // While it waits to be sent, which the shell knows.
        if random.chance(2) { take(.registrationWithdrawn) }
    }

    private mutating func demand() {
        let (_, actions) = lifecycle.demandRenewal(at: now)
        note(actions, cause: nil)
    }

    private mutating func stale() {
        let before = lifecycle
        let id = (lifecycle.exchange?.id ?? 1) &- UInt64.random(in: 1...3, using: &random)
        take(
            random.chance(2)
                ? .granted(exchange: id, .lasting(1e6), sentAt: now) : .failed(exchange: id, .oauth(.invalidClient)))
        if lifecycle != before { oracle.report("a stale answer changed something") }
    }

    private mutating func take(_ event: LifecycleEvent) {
        oracle.before(event, lifecycle: lifecycle, now: now)
        note(lifecycle.handle(event, at: now, random: random.unit()), cause: event)
    }

    private mutating func note(_ actions: [LifecycleAction], cause: LifecycleEvent?) {
        if actions.contains(.saveHistory) { save() }
        if actions.contains(where: { if case .send = $0 { true } else { false } }) {
            save()
            sentAt = now.advanced(by: .seconds(random.chance(4) ? random.unit() * 3 : 0))
        }
        oracle.after(cause, actions, lifecycle: lifecycle, now: now)
        if actions.contains(where: { if case .send = $0 { true } else { false } }) {
            pass((sentAt.boot - now.boot) / .seconds(1))
        }
    }
}
