import BearerCore
import TestSupport

/// Hosts behind one address, which come up together without a token, and a server that allows the address one call per
/// second after a burst that it grants once. Hosts know nothing of each other; the profiles of a host share its budget.
struct SharedAddress {
    struct Fleet {
        let hosts: Int
        var profiles = 1
        /// Else each profile registers first, two calls.
        var hasCredentials = true
        /// The seconds within which the hosts come up.
        var spread = 0.0
        var burst = 10.0

        var tokens: Int { hosts * profiles }
        var calls: Int { tokens * (hasCredentials ? 1 : 2) }
    }

    private struct Host {
        var profiles: [TokenLifecycle]
        var scheduler: ExchangeScheduler
        /// When it looks at its queue next.
        var wakesAt = Double.infinity
    }

    private enum Event {
        case start(host: Int)
        case deadline(host: Int, profile: Int)
        case wake(host: Int)
        case answer(host: Int, ExchangeOrder, isAllowed: Bool, sent: Double)
    }

    /// The seconds at which calls were sent, in order.
    private(set) var calls: [Double] = []
    /// The seconds at which tokens came, in order.
    private(set) var tokens: [Double] = []
    /// How many calls of each host were answered 429.
    private(set) var turnedAway: [Int]
    private var hosts: [Host]
    private var random: SeededGenerator
    private var events: EventQueue<Event> = EventQueue()
    private var throttle: AddressThrottle

    private static let roundTrip = 0.2

    init(_ fleet: Fleet, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        throttle = AddressThrottle(burst: fleet.burst)
        turnedAway = Array(repeating: 0, count: fleet.hosts)
        hosts = (0..<fleet.hosts).map { _ in
            let profile = TokenLifecycle(
                renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: fleet.hasCredentials)
            return Host(
                profiles: Array(repeating: profile, count: fleet.profiles),
                scheduler: ExchangeScheduler(rate: 1, burst: 5, at: .origin))
        }
        for host in hosts.indices {
            events.add(.start(host: host), at: random.unit() * fleet.spread)
        }
    }

    /// Lives on until every profile has its token, or for `longest` seconds.
    mutating func run(atMost longest: Double) {
        let wanted = hosts.reduce(0) { $0 + $1.profiles.count }
        while tokens.count < wanted, let (time, event) = events.next(), time <= longest {
            switch event {
            case .start(let host):
                for profile in hosts[host].profiles.indices { handle(.start, host: host, profile: profile, at: time) }
                send(host, at: time)
            case .deadline(let host, let profile):
                handle(.deadline, host: host, profile: profile, at: time)
                send(host, at: time)
            case .wake(let host):
                if time >= hosts[host].wakesAt { hosts[host].wakesAt = .infinity }
                send(host, at: time)
            case .answer(let host, let order, let isAllowed, let sent):
                answer(host, order, isAllowed: isAllowed, sent: sent, at: time)
                send(host, at: time)
            }
        }
    }

    /// Sends what the host's budget allows, and plans when to look again.
    private mutating func send(_ host: Int, at time: Double) {
        for order in hosts[host].scheduler.next(at: ClockReading.at(time).boot) {
            calls.append(time)
            let answer = Event.answer(host: host, order, isAllowed: throttle.allows(at: time), sent: time)
            events.add(answer, at: time + Self.roundTrip)
        }
        guard let next = hosts[host].scheduler.nextTime(at: ClockReading.at(time).boot) else { return }
        let wakesAt = time + wait(until: next, at: time)
        guard wakesAt < hosts[host].wakesAt else { return }
        hosts[host].wakesAt = wakesAt
        events.add(.wake(host: host), at: wakesAt)
    }

    private mutating func answer(_ host: Int, _ order: ExchangeOrder, isAllowed: Bool, sent: Double, at time: Double) {
        let failure = isAllowed ? nil : ExchangeFailure.throttled(retryAfter: nil)
        hosts[host].scheduler.ended(
            failure, sentAt: ClockReading.at(sent).boot, at: ClockReading.at(time).boot, random: random.unit())
        let exchange = order.exchange
        let event: LifecycleEvent =
            switch (failure, exchange.kind) {
            case (let failure?, _): .failed(exchange: exchange.id, failure)
            case (nil, .token): .granted(exchange: exchange.id, .lasting(21_600), sentAt: .at(sent))
            case (nil, .registration): .registered(exchange: exchange.id)
            }
        if failure != nil { turnedAway[host] += 1 }
        if let profile = Int(order.profile) { handle(event, host: host, profile: profile, at: time) }
    }

    private mutating func handle(_ event: LifecycleEvent, host: Int, profile: Int, at time: Double) {
        _ = hosts[host].profiles[profile].handle(event, at: .at(time), random: random.unit())
        let lifecycle = hosts[host].profiles[profile]
        if lifecycle.token != nil {
            tokens.append(time)
        } else if let exchange = lifecycle.exchange {
            hosts[host].scheduler.add(exchange, of: "\(profile)", epoch: 1, at: .at(time))
        } else if let deadline = lifecycle.nextDeadline {
            events.add(.deadline(host: host, profile: profile), at: time + wait(until: deadline.boot, at: time))
        }
    }

    private func wait(until boot: Duration, at time: Double) -> Double {
        max(0, (boot - ClockReading.at(time).boot) / .seconds(1)) + 0.001
    }
}
