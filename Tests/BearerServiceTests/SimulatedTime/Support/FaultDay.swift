import AuthServerSimulator
import BearerCore
import TestSupport

@testable import BearerService

/// A profile and a server over simulated time, with the real life cycle, backoff, scheduler and journal.
struct FaultDay {
    private(set) var lifecycle: TokenLifecycle
    private(set) var entries: [JournalEntry] = []
    /// When calls were sent, in seconds since the start.
    private(set) var calls: [Endpoint: [Double]] = [.register: [], .token: []]
    /// The seconds in which no token could be handed out.
    private(set) var secondsWithoutToken = 0.0
    private(set) var clock = 0.0

    private var random: SeededGenerator
    /// For the budget, which draws a number more for each call.
    private var spread: SeededGenerator
    private var scheduler = ExchangeScheduler(rate: 1, burst: 5, at: FaultDay.moment(0))
    private var pending: (exchange: Exchange, sent: Double, answered: Double)?
    private let fault: FaultCase
    private let outcome: FaultCase.Outcome
    private let faulty: Range<Double>

    static let hour = 3_600.0
    static let day = 86_400.0
    static let lifetime = 21_600.0

    /// - Parameter faulty: when the fault holds, in seconds since the start; before and after it a token lasts six hours.
    init(
        _ fault: FaultCase, _ outcome: FaultCase.Outcome, during faulty: Range<Double>, hasCredentials: Bool,
        seed: UInt64
    ) {
        self.fault = fault
        self.outcome = outcome
        self.faulty = faulty
        random = SeededGenerator(seed: seed)
        spread = SeededGenerator(seed: seed + 1_000)
        lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: hasCredentials)
        handle(.start)
    }

    var now: ClockReading { Self.moment(clock) }
    var hasToken: Bool { lifecycle.token?.isServable(at: now) == true }
    var events: [JournalEvent] { entries.map(\.event) }

    /// Lives on until `end`, in seconds since the start.
    mutating func run(until end: Double) {
        while let next = nextTime, next <= end {
            pass(until: next)
            if let pending, pending.answered <= clock {
                self.pending = nil
                let event = answer(to: pending.exchange, sent: pending.sent, asked: pending.answered)
                let failure: ExchangeFailure? = if case .failed(_, let failure) = event { failure } else { nil }
                scheduler.ended(failure, sentAt: Self.moment(pending.sent).boot, at: now.boot, random: spread.unit())
                handle(event)
            } else {
                handle(.deadline)
            }
        }
        pass(until: end)
    }

    mutating func force() { handle(.registrationForced) }

    private var nextTime: Double? {
        let deadline = lifecycle.nextDeadline.map { clock + max(0, $0.remaining(at: now) / .seconds(1)) + 0.001 }
        guard let pending else { return deadline }
        return deadline.map { min($0, pending.answered) } ?? pending.answered
    }

    private mutating func pass(until time: Double) {
        if let end = lifecycle.token?.endOfService {
            let left = max(0, end.remaining(at: now) / .seconds(1))
            secondsWithoutToken += max(0, time - clock - left)
        } else {
            secondsWithoutToken += time - clock
        }
        clock = time
    }

    private mutating func handle(_ event: LifecycleEvent) {
        for action in lifecycle.handle(event, at: now, random: random.unit()) {
            switch action {
            case .send(let exchange): send(exchange)
            case .report(let report): entries.append(JournalEntry(report, .init(profile: "default", server: "")))
            case .saveHistory, .tokenChanged, .tokenEnded, .exchangeFailed, .refused: break
            }
        }
    }

    private mutating func send(_ exchange: Exchange) {
        scheduler.add(exchange, of: "default", epoch: 0, at: now)
        let time = scheduler.nextTime(at: now.boot) ?? now.boot
        let sent = (time - Self.moment(0).boot) / .seconds(1)
        let orders = scheduler.next(at: Self.moment(sent + 0.000_01).boot)
        precondition(orders.map(\.exchange) == [exchange], "one profile has the budget to itself")
        calls[endpoint(of: exchange), default: []].append(sent)
        pending = (exchange, sent, sent + (isFaulty(exchange, at: sent) ? fault.takes / .seconds(1) : 0.2))
    }

    private func answer(to exchange: Exchange, sent: Double, asked: Double) -> LifecycleEvent {
        let endpoint = endpoint(of: exchange)
        var lifetime = Duration.seconds(Self.lifetime)
        if isFaulty(exchange, at: sent) {
            switch outcome {
            case .failed(let failure): return .failed(exchange: exchange.id, failure)
            case .accepted(let granted): lifetime = granted ?? lifetime
            }
        }
        guard endpoint == .token else { return .registered(exchange: exchange.id) }
        return .granted(
            exchange: exchange.id, TokenGrant(value: Secret("token"), lifetime: lifetime), sentAt: Self.moment(sent))
    }

    private func isFaulty(_ exchange: Exchange, at time: Double) -> Bool {
        endpoint(of: exchange) == fault.endpoint && faulty.contains(time)
    }

    private func endpoint(of exchange: Exchange) -> Endpoint { exchange.kind == .token ? .token : .register }

    private static func moment(_ seconds: Double) -> ClockReading {
        ClockReading(boot: .seconds(1_000 + seconds), wall: .seconds(1_800_000_000 + seconds))
    }
}
