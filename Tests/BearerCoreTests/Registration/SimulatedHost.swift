import BearerCore
import TestSupport

/// A host over true time whose wall clock is set, which is switched off and whose daemon is killed, beside a server that
/// never lets its registrations come to anything. Only what was written survives.
struct SimulatedHost {
    enum Server {
        /// Credentials are rejected, however new they are.
        case rejecting
        /// Registrations are never answered.
        case silent
    }

    /// A registration that was sent.
    struct Registration {
        /// In seconds since the host was first switched on.
        let time: Double
        /// By how much the rules may be broken since the registration before: how far the wall clock was ahead when a later
        /// boot read the record, compared with its last writing.
        let lead: Double
    }

    private(set) var registrations: [Registration] = []
    /// True seconds since the host was first switched on.
    private(set) var clock = 0.0

    private let server: Server
    private var random: SeededGenerator
    private var lifecycle: TokenLifecycle
    private var record = RegistrationRecord(unanswered: 0)
    private var boots = 1
    private var bootedAt = 0.0
    /// The wall clock less the true time.
    private(set) var error = 0.0
    private var writtenError = 0.0
    private var writtenBoot = 1
    private var lead = 0.0
    private var events = 0

    init(_ server: Server, error: Double, seed: UInt64) {
        self.server = server
        self.error = error
        random = SeededGenerator(seed: seed)
        lifecycle = Self.lifecycle(server, RegistrationHistory())
        handle(.start)
    }

    /// Lives on for `seconds`, host and daemon running.
    mutating func run(for seconds: Double) {
        let end = clock + seconds
        while !isCircling {
            events += 1
            if let exchange = lifecycle.exchange {
                clock += 0.2
                handle(answer(to: exchange))
            } else {
                let wait = lifecycle.nextDeadline.map { max(0, $0.remaining(at: now) / .seconds(1)) } ?? .infinity
                guard clock + wait < end else { break }
                clock += wait + 0.001
                handle(.deadline)
            }
        }
        clock = max(clock, end)
    }

    /// Someone sets the wall clock; the daemon hears of it at once, unless it is not running.
    mutating func setClock(error: Double) {
        self.error = error
        handle(.deadline)
    }

    /// The daemon is killed, and comes back after `seconds`.
    mutating func restart(after seconds: Double, error: Double? = nil) {
        clock += seconds
        self.error = error ?? self.error
        if writtenBoot != boots { lead += max(0, self.error - writtenError) }
        lifecycle = Self.lifecycle(server, RegistrationHistory(record, bootID: "\(boots)", at: now))
        handle(.start)
    }

    /// The host is switched off for `seconds`, and comes up with a wall clock that is wrong by `error`.
    mutating func reboot(after seconds: Double, error: Double) {
        boots += 1
        clock += seconds
        bootedAt = clock
        restart(after: 5, error: error)
    }

    /// More events than three per second: the registrations that are missing will tell.
    private var isCircling: Bool { Double(events) > 1_000 + clock * 3 }

    private var now: ClockReading {
        ClockReading(boot: .seconds(clock - bootedAt), wall: .seconds(1_800_000_000 + clock + error))
    }

    private static func lifecycle(_ server: Server, _ history: RegistrationHistory) -> TokenLifecycle {
        TokenLifecycle(
            renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: server == .rejecting,
            history: history)
    }

    private mutating func handle(_ event: LifecycleEvent) {
        for action in lifecycle.handle(event, at: now, random: random.unit()) {
            switch action {
            case .saveHistory: write()
            case .send(let exchange) where exchange.kind != .token:
                write()
                registrations.append(Registration(time: clock, lead: lead))
                lead = 0
            default: break
            }
        }
        switch event {
        case .registered, .failed: write()
        default: break
        }
    }

    private mutating func write() {
        record = RegistrationRecord(lifecycle.history, bootID: "\(boots)", at: now)
        (writtenError, writtenBoot) = (error, boots)
    }

    private func answer(to exchange: Exchange) -> LifecycleEvent {
        switch (server, exchange.kind) {
        case (.silent, _): .failed(exchange: exchange.id, .timedOut)
        case (.rejecting, .token): .failed(exchange: exchange.id, Self.rejection)
        case (.rejecting, .registration): .registered(exchange: exchange.id)
        }
    }

    /// Asked again once in twenty minutes, which keeps the simulation short.
    private static let rejection = ExchangeFailure(
        .oauth(.invalidClient), detail: "", retryAfter: .seconds(1_200))
}
