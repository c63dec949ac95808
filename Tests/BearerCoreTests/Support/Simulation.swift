import BearerCore
import TestSupport

/// A lifecycle and a server that answers within 0.2 s, over simulated time.
struct Simulation {
    private(set) var lifecycle: TokenLifecycle
    private(set) var reports: [LifecycleReport] = []
    /// When token requests were sent, in seconds after the origin.
    private(set) var tokenRequests: [Double] = []
    private(set) var registrations = 0
    /// The seconds in which clients get no token, counted by the time between two events.
    private(set) var secondsWithoutToken = 0.0

    private let lifetime: Double
    private let outage: Range<Double>
    private let failure: ExchangeFailure
    private var clock = 0.0
    private var isStarted = false
    private var events = 0

    /// A run that has more events than three per second goes in circles; its counts will tell.
    private var isCircling: Bool { Double(events) > 1_000 + clock * 3 }

    /// - Parameters:
    ///   - outage: when each token request fails with `failure`, in seconds after the origin; registrations fail with it
    ///     too, unless it is about the credentials.
    init(
        _ lifecycle: TokenLifecycle, lifetime: Double = 21_600, outage: Range<Double> = 0..<0,
        failure: ExchangeFailure = .unreachable
    ) {
        self.lifecycle = lifecycle
        self.lifetime = lifetime
        self.outage = outage
        self.failure = failure
    }

    /// Lives on until `end`, in seconds after the origin.
    mutating func run(until end: Double, random: inout SeededGenerator) {
        if !isStarted {
            isStarted = true
            handle(.start, random: &random)
        }
        while let (next, event) = nextEvent(), next <= end, !isCircling {
            events += 1
            if lifecycle.token?.isServable(at: .at(clock)) != true { secondsWithoutToken += next - clock }
            clock = next
            handle(event, random: &random)
        }
    }

    private mutating func handle(_ event: LifecycleEvent, random: inout SeededGenerator) {
        for action in lifecycle.handle(event, at: .at(clock), random: random.unit()) {
            switch action {
            case .report(let report): reports.append(report)
            case .send(let exchange) where exchange.kind == .token: tokenRequests.append(clock)
            case .send: registrations += 1
            default: break
            }
        }
    }

    private func nextEvent() -> (Double, LifecycleEvent)? {
        if let exchange = lifecycle.exchange { return (clock + 0.2, answer(to: exchange)) }
        guard let deadline = lifecycle.nextDeadline else { return nil }
        return (clock + max(0, deadline.remaining(at: .at(clock)) / .seconds(1)) + 0.001, .deadline)
    }

    private func answer(to exchange: Exchange) -> LifecycleEvent {
        let isOut = outage.contains(clock)
        guard exchange.kind == .token else {
            let isRefused = isOut && failure.reason != .oauth(.invalidClient)
            return isRefused ? .failed(exchange: exchange.id, failure) : .registered(exchange: exchange.id)
        }
        if isOut { return .failed(exchange: exchange.id, failure) }
        return .granted(exchange: exchange.id, .lasting(lifetime), sentAt: .at(clock))
    }
}
