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

    private static func budget(rate: Double = 1, burst: Double = 5, level: Double? = nil) -> Budget {
        let record = level.map { BudgetRecord(level: $0, writtenAt: ClockReading.origin.wall) }
        return Budget(rate: rate, burst: burst, stored: record, at: .origin)
    }

    private static let start = ClockReading.origin.boot

    @Test("after a start the bucket holds one call")
    func start() {
        var budget = Self.budget()
        #expect(Self.taken(from: &budget, at: Self.start) == 1)
    }

    @Test("calls are saved up to the burst and no further", arguments: [1, 5, 10])
    func burst(burst: Int) {
        var budget = Self.budget(burst: Double(burst))
        #expect(Self.taken(from: &budget, at: Self.start + .seconds(1_000)) == burst)
    }

    @Test("a stored level above the burst is cut")
    func level() {
        var budget = Self.budget(burst: 2, level: 100)
        #expect(Self.taken(from: &budget, at: Self.start) == 2)
    }

    /// Rate, level, and the seconds until a call may be taken.
    static let waits: [(rate: Double, level: Double, wait: Double)] = [
        (1, 1, 0), (1, 5, 0), (1, 0, 1), (1, 0.25, 0.75), (0.5, 0, 2), (2, 0, 0.5), (0.1, 0.5, 5), (0.001, 0, 1_000),
        (10, 0, 0.1),
    ]

    @Test("the next call is available when the bucket has refilled", arguments: waits)
    func nextAvailable(rate: Double, level: Double, wait: Double) {
        let budget = Self.budget(rate: rate, level: level)
        let next = budget.nextAvailable(at: Self.start) - Self.start
        #expect(next >= .seconds(wait))
        #expect(next <= .seconds(wait) + .nanoseconds(wait > 0 ? 1_500 : 0), "a microsecond more, for rounding")
    }

    @Test("a clock reading from the past neither refills nor drains")
    func backwards() {
        var budget = Self.budget(level: 1)
        #expect(Self.taken(from: &budget, at: Self.start - .seconds(50)) == 1)
        #expect(Self.taken(from: &budget, at: Self.start + .seconds(1)) == 1)
    }

    /// Rate, level, seconds since it was written by the wall clock, and the calls that are left.
    static let restarts: [(rate: Double, level: Double, passed: Double, left: Int)] = [
        (1, 0, 0, 0), (1, 0.5, 0.4, 0), (1, 0.5, 0.5, 1), (1, 0, 3, 3), (1, 0, 1e9, 5), (1, 3, -1e9, 3),
        (1, 0.9, -5, 0), (0.5, 0, 4, 2), (0.001, 0.5, 400, 0), (0.001, 0.5, 500, 1), (10, 0, 0.2, 2),
    ]

    @Test("an earlier process's calls count, and a wall clock that went back adds none", arguments: restarts)
    func restart(rate: Double, level: Double, passed: Double, left: Int) {
        let record = BudgetRecord(level: level, writtenAt: ClockReading.origin.wall - .seconds(passed))
        var budget = Budget(rate: rate, burst: 5, stored: record, at: .origin)
        #expect(Self.taken(from: &budget, at: Self.start) == left)
    }

    @Test("what is recorded is the level by then, and the wall clock")
    func record() {
        var budget = Self.budget()
        _ = budget.take(at: Self.start)
        #expect(
            budget.record(at: .at(boot: 2.5, wall: 90))
                == BudgetRecord(level: 2.5, writtenAt: ClockReading.at(90).wall, pause: .zero, wait: .zero))
    }

    @Test("another configuration keeps what was saved up, and adds nothing")
    func configure() {
        var budget = Self.budget(level: 4)
        budget.configure(rate: 0.5, burst: 2, at: Self.start)
        #expect(budget.nextAvailable(at: Self.start) == Self.start)
        #expect(Self.taken(from: &budget, at: Self.start) == 2)
        #expect(Self.taken(from: &budget, at: Self.start + .seconds(2)) == 1)
        budget.configure(rate: 10, burst: 10, at: Self.start + .seconds(3))
        #expect(Self.taken(from: &budget, at: Self.start + .seconds(3)) == 0, "a second at the old rate is half a call")
        #expect(Self.taken(from: &budget, at: Self.start + .seconds(3.75)) == 8)
    }

    @Test("the ranges are those of the configuration")
    func ranges() {
        #expect(Budget.rates == 0.001...10)
        #expect(Budget.bursts == 1...10)
    }

    @Test("calls that come when they are told to are admitted, and no window holds more than the rate allows")
    func bound() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let rate = Double.random(in: 0.05..<5, using: &random)
            let burst = Double.random(in: 1..<10, using: &random)
            var budget = Self.budget(rate: rate, burst: burst, level: 0)
            let isThrottled = random.chance(2)
            var now = Self.start
            var calls: [Duration] = []
            for _ in 0..<100 {
                let isTold = !random.chance(3)
                now = isTold ? budget.nextAvailable(at: now) : now + .seconds(random.unit() * 20)
                let promised = budget.nextAvailable(at: now) <= now
                let taken = budget.take(at: now)
                #expect(taken == promised && (taken || !isTold))
                if taken { calls.append(now) }
                if taken, isThrottled, random.chance(4) {
                    budget.ended(.throttled(retryAfter: nil), sentAt: now, at: now, random: random.unit())
                }
            }
            for (first, start) in calls.enumerated() {
                let isWithinRate = calls[first...].enumerated().allSatisfy { others, last in
                    Double(others + 1) <= burst + rate * ((last - start) / .seconds(1)) + 1e-6
                }
                #expect(isWithinRate)
            }
        }
    }
}
