import BearerCore
import TestSupport

/// Many hosts and a server that all of them lose for an hour: when their calls come. Hosts know nothing of each other.
struct Herd {
    /// When each call was sent, in seconds since the server was lost; in no order.
    let calls: [Double]

    static let hosts = 1000
    static let outage = 3_600.0
    /// Before the server is lost, and after the outage.
    static let before = 600.0
    static let after = 25_200.0
    static let lifetime = 21_600.0

    /// - Parameter isServing: hosts have tokens of six hours, of any age, when the server is lost; else the hosts come up
    ///   without one in the minute after.
    init(isServing: Bool, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        calls = (0..<Self.hosts).flatMap { _ in
            isServing ? Self.servingHost(&random) : Self.coldHost(&random)
        }
    }

    /// How many calls came in each of the `seconds` long parts of the time from ``before`` to `end`.
    func counts(each seconds: Double, until end: Double) -> [Int] {
        var counts = [Int](repeating: 0, count: Int((end + Self.before) / seconds))
        for call in calls {
            let part = Int(((call + Self.before) / seconds).rounded(.down))
            if counts.indices.contains(part) { counts[part] += 1 }
        }
        return counts
    }

    /// The most calls within one second, on the clock's seconds.
    func peak(in range: Range<Double>) -> Int {
        var counts: [Int: Int] = [:]
        for call in calls where range.contains(call) { counts[Int(call.rounded(.down)), default: 0] += 1 }
        return counts.values.max() ?? 0
    }

    private static func servingHost(_ random: inout SeededGenerator) -> [Double] {
        let age = random.unit() * lifetime * 0.8
        let token = AccessToken(
            grant: .lasting(lifetime), generation: 1, requestedAt: .at(-age))
        let lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: true, restored: token)
        var host = Simulation(lifecycle, lifetime: lifetime, outage: before..<before + outage)
        host.run(until: before + outage + after, random: &random)
        return host.tokenRequests.map { $0 - before }
    }

    private static func coldHost(_ random: inout SeededGenerator) -> [Double] {
        let start = random.unit() * 60
        let lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: true)
        var host = Simulation(lifecycle, lifetime: lifetime, outage: 0..<outage - start)
        host.run(until: outage + after - start, random: &random)
        return host.tokenRequests.map { $0 + start }
    }
}
