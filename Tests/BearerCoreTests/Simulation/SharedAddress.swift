import BearerCore
import TestSupport

/// Hosts behind one address, which come up together without a token, and a server that allows the address one call per
/// second after ten at once. Hosts know nothing of each other.
struct SharedAddress {
    struct Host {
        var lifecycle: TokenLifecycle
        var budget: Budget
        var isStarted = false
        /// Calls that were answered 429.
        var turnedAway = 0
        /// When it had its token, in seconds since all came up.
        var served: Double?
    }

    private(set) var hosts: [Host]
    /// The seconds at which calls were sent, in order.
    private(set) var calls: [Double] = []
    private var random: SeededGenerator
    private var events: EventQueue<Int> = EventQueue()
    private var allowance = 10.0
    private var counted = 0.0

    private static let roundTrip = 0.2

    /// - Parameters:
    ///   - hasCredentials: else each registers first, two calls.
    ///   - spread: the seconds within which they come up.
    init(hosts: Int, hasCredentials: Bool, spread: Double, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        self.hosts = (0..<hosts).map { _ in
            Host(
                lifecycle: TokenLifecycle(
                    renewal: RenewalPolicy(), reregister: .automatic, hasCredentials: hasCredentials),
                budget: Budget(rate: 1, burst: 5, at: .origin))
        }
        for host in self.hosts.indices { events.add(host, at: random.unit() * spread) }
    }

    /// Lives on until every host has its token, or for `longest` seconds.
    mutating func run(atMost longest: Double) {
        // A host has a few events for each of its calls; more than this go in circles, and hosts without a token will tell.
        for _ in 0..<hosts.count * 500 {
            guard let (time, host) = events.next(), time <= longest else { return }
            step(host, at: time)
        }
    }

    private mutating func step(_ index: Int, at time: Double) {
        let now = ClockReading.at(time)
        guard let exchange = hosts[index].lifecycle.exchange else {
            let event: LifecycleEvent = hosts[index].isStarted ? .deadline : .start
            hosts[index].isStarted = true
            _ = hosts[index].lifecycle.handle(event, at: now, random: random.unit())
            return plan(index, at: time)
        }
        guard hosts[index].budget.take(at: now.boot) else {
            return events.add(index, at: time + wait(until: hosts[index].budget.nextAvailable(at: now.boot), at: now))
        }
        calls.append(time)
        answer(index, exchange, isAllowed: allows(at: time), sent: time)
    }

    private mutating func answer(_ index: Int, _ exchange: Exchange, isAllowed: Bool, sent: Double) {
        let time = sent + Self.roundTrip
        let failure = isAllowed ? nil : ExchangeFailure.throttled(retryAfter: nil)
        hosts[index].budget.ended(
            failure, sentAt: ClockReading.at(sent).boot, at: ClockReading.at(time).boot, random: random.unit())
        let event: LifecycleEvent =
            switch (failure, exchange.kind) {
            case (let failure?, _): .failed(exchange: exchange.id, failure)
            case (nil, .token): .granted(exchange: exchange.id, .lasting(21_600), sentAt: .at(sent))
            case (nil, .registration): .registered(exchange: exchange.id)
            }
        if failure != nil { hosts[index].turnedAway += 1 }
        _ = hosts[index].lifecycle.handle(event, at: .at(time), random: random.unit())
        if hosts[index].lifecycle.token != nil { hosts[index].served = time } else { plan(index, at: time) }
    }

    private mutating func plan(_ index: Int, at time: Double) {
        let lifecycle = hosts[index].lifecycle
        guard lifecycle.exchange == nil else { return events.add(index, at: time) }
        guard let deadline = lifecycle.nextDeadline else { return }
        events.add(index, at: time + wait(until: deadline.boot, at: .at(time)))
    }

    private func wait(until boot: Duration, at now: ClockReading) -> Double {
        max(0, (boot - now.boot) / .seconds(1)) + 0.001
    }

    /// The first ten calls are a one-time allowance: what is not used later does not add up.
    private mutating func allows(at time: Double) -> Bool {
        allowance = max(allowance, min(1, allowance + time - counted))
        counted = time
        guard allowance >= 1 else { return false }
        allowance -= 1
        return true
    }
}

/// Events in the order of their times: a binary heap.
struct EventQueue<Event> {
    private var heap: [(time: Double, event: Event)] = []

    mutating func add(_ event: Event, at time: Double) {
        heap.append((time, event))
        var index = heap.count - 1
        while index > 0, heap[index].time < heap[(index - 1) / 2].time {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func next() -> (time: Double, event: Event)? {
        guard let first = heap.first else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var index = 0
        while true {
            let children = [2 * index + 1, 2 * index + 2].filter { $0 < heap.count }
            guard let child = children.min(by: { heap[$0].time < heap[$1].time }), heap[child].time < heap[index].time
            else { return first }
            heap.swapAt(index, child)
            index = child
        }
    }
}
