import BearerCore
import TestSupport
import Testing

@Suite struct BudgetTests {
    /// How many calls a bucket gives away at one time.
    private static func taken(from budget: inout Budget, at now: Duration) -> Int {
        var count = 0
        while count < 100, budget.take(at: now) { count += 1 }
        return count
    }

    @Test("after a start the bucket holds one call")
    func start() {
        var budget = Budget(rate: 1, burst: 5, now: .seconds(100))
        #expect(Self.taken(from: &budget, at: .seconds(100)) == 1)
    }

    @Test("calls are saved up to the burst and no further", arguments: [1, 5, 10])
    func burst(burst: Int) {
        var budget = Budget(rate: 1, burst: Double(burst), now: .zero)
        #expect(Self.taken(from: &budget, at: .seconds(1_000)) == burst)
    }

    @Test("a stored level above the burst is cut")
    func level() {
        var budget = Budget(rate: 1, burst: 2, now: .zero, level: 100)
        #expect(Self.taken(from: &budget, at: .zero) == 2)
    }

    /// Rate, level, and the seconds until a call may be taken.
    static let waits: [(rate: Double, level: Double, wait: Double)] = [
        (1, 1, 0), (1, 5, 0), (1, 0, 1), (1, 0.25, 0.75), (0.5, 0, 2), (2, 0, 0.5), (0.1, 0.5, 5),
    ]

    @Test("the next call is available when the bucket has refilled", arguments: waits)
    func nextAvailable(rate: Double, level: Double, wait: Double) {
        let budget = Budget(rate: rate, burst: 5, now: .seconds(7), level: level)
        let next = budget.nextAvailable(at: .seconds(7)) - .seconds(7)
        #expect(next >= .seconds(wait))
        #expect(next <= .seconds(wait) + .microseconds(2))
    }

    @Test("a clock reading from the past neither refills nor drains")
    func backwards() {
        var budget = Budget(rate: 1, burst: 5, now: .seconds(100), level: 1)
        #expect(Self.taken(from: &budget, at: .seconds(50)) == 1)
        #expect(Self.taken(from: &budget, at: .seconds(101)) == 1)
    }

    @Test("whoever comes when told finds a call, and no window holds more than the rate allows")
    func bound() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let rate = Double.random(in: 0.05..<5, using: &random)
            let burst = Double.random(in: 1..<10, using: &random)
            var budget = Budget(rate: rate, burst: burst, now: .zero, level: 0)
            var now = Duration.zero
            var calls: [Duration] = []
            for _ in 0..<100 {
                now = random.chance(3) ? now + .seconds(random.unit() * 20) : budget.nextAvailable(at: now)
                let promised = budget.nextAvailable(at: now) <= now
                let taken = budget.take(at: now)
                #expect(taken == promised)
                if taken { calls.append(now) }
            }
            for (first, start) in calls.enumerated() {
                for last in first..<calls.count {
                    let window = (calls[last] - start) / .seconds(1)
                    #expect(Double(last - first + 1) <= burst + rate * window + 1e-6)
                }
            }
        }
    }
}
