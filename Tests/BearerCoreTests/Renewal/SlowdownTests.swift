import BearerCore
import Testing

/// What a budget does after a 429.
@Suite struct SlowdownTests {
    private static let start = ClockReading.origin.boot
    private static let throttle = ExchangeFailure.throttled(retryAfter: nil)

    /// A budget that is answered 429 `count` times, each time at the first call that it allows.
    private static func throttled(_ count: Int, random: Double = 0.5) -> (budget: Budget, now: Duration) {
        var budget = Budget(rate: 10, burst: 10, at: .origin)
        var now = start
        for _ in 0..<count {
            now = budget.nextAvailable(at: now)
            _ = budget.take(at: now)
            budget.ended(Self.throttle, sentAt: now, at: now, random: random)
        }
        return (budget, now)
    }

    private static func wait(_ budget: Budget, at now: Duration) -> Double {
        ((budget.nextAvailable(at: now) - now) / .milliseconds(1)).rounded() / 1_000
    }

    /// Answers of 429 in a row, and the seconds until the next call.
    static let rows: [(count: Int, pause: Double)] = [
        (0, 0), (1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 64), (7, 128), (8, 256), (9, 256), (100, 256),
    ]

    @Test("each 429 doubles the pause, up to one call in minutes", arguments: rows)
    func doubling(count: Int, pause: Double) {
        let (budget, now) = Self.throttled(count)
        #expect(Self.wait(budget, at: now) == pause)
    }

    /// The random number, and what it makes of a pause of 4 s.
    static let spreads: [(random: Double, wait: Double)] = [(0, 2), (0.25, 3), (0.5, 4), (0.999, 5.996)]

    @Test("hosts that were rejected together come back apart", arguments: spreads)
    func spread(random: Double, wait: Double) {
        var (budget, now) = Self.throttled(1)
        now = budget.nextAvailable(at: now)
        _ = budget.take(at: now)
        budget.ended(Self.throttle, sentAt: now, at: now, random: random)
        #expect(Self.wait(budget, at: now) == wait)
    }

    @Test("a 429 waits at least a second", arguments: [0, 0.5, 0.999])
    func shortest(random: Double) {
        let (budget, now) = Self.throttled(1, random: random)
        #expect(Self.wait(budget, at: now) >= 1)
    }

    @Test("a slowed budget gives one call each pause, whatever the burst")
    func pace() {
        var (budget, now) = Self.throttled(3)
        for _ in 0..<5 {
            now += .seconds(8)
            let taken = [now, now, now + .seconds(7.75)].map { budget.take(at: $0) }
            #expect(taken == [true, false, false])
        }
    }

    @Test("calls that were in flight together slow down once")
    func together() {
        var (budget, now) = Self.throttled(2)
        for sent in [-1.0, -0.5, -0.001] {
            budget.ended(Self.throttle, sentAt: now + .seconds(sent), at: now, random: 0.5)
        }
        #expect(Self.wait(budget, at: now) == 4)
        budget.ended(Self.throttle, sentAt: now, at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == 8)
    }

    /// 429s in a row, seconds without one since, and the pause between calls then.
    static let recoveries: [(count: Int, seconds: Double, pause: Double)] = [
        (8, 599, 256), (8, 600, 128), (8, 1_199, 128), (8, 1_200, 64), (8, 4_199, 4), (8, 4_200, 2), (8, 4_799, 2),
        (8, 4_800, 0.1), (1, 599, 2), (1, 600, 0.1), (8, 1e9, 0.1), (8, 1e15, 0.1),
    ]

    @Test("ten minutes without a 429 halve the pause, until the configured rate is reached", arguments: recoveries)
    func recovery(count: Int, seconds: Double, pause: Double) {
        var (budget, now) = Self.throttled(count)
        now += .seconds(seconds)
        // More than the burst.
        for _ in 0..<20 { _ = budget.take(at: now) }
        #expect(Self.wait(budget, at: now) == pause)
    }

    @Test("the next 429 doubles what is left of the pause")
    func again() {
        var (budget, now) = Self.throttled(8)
        now += .seconds(1_200)
        _ = budget.take(at: now)
        budget.ended(Self.throttle, sentAt: now, at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == 128)
    }

    /// What ends a call that was made 8 s after a 429, and the pause after it.
    static let ends: [(failure: ExchangeFailure?, pause: Double)] = [
        (nil, 6), (.oauth(.invalidClient), 6), (.unreachable, 8), (.timedOut, 8), (.unavailable, 8), (throttle, 16),
    ]

    @Test("what the server lets through takes a quarter off the pause", arguments: ends)
    func passing(failure: ExchangeFailure?, pause: Double) {
        var (budget, now) = Self.throttled(3)
        now += .seconds(8)
        _ = budget.take(at: now)
        budget.ended(failure, sentAt: now, at: now, random: 0.5)
        #expect(budget.record(at: ClockReading(boot: now, wall: .zero)).pause == .seconds(pause))
    }

    @Test("seventeen calls that are let through end the longest pause")
    func recovering() {
        var (budget, now) = Self.throttled(8)
        var calls = 0
        while budget.record(at: ClockReading(boot: now, wall: .zero)).pause > .zero, calls < 100 {
            now = budget.nextAvailable(at: now)
            _ = budget.take(at: now)
            budget.ended(nil, sentAt: now, at: now, random: 0.5)
            calls += 1
        }
        // 256 s less a quarter, seventeen times, is less than 2 s; the ten minutes that it takes halve it once besides.
        #expect(calls == 15)
    }

    @Test("a restart keeps the pause and what is left of it", arguments: [0.0, 10, 16, 100])
    func restart(passed: Double) {
        let (budget, now) = Self.throttled(4)
        let record = budget.record(at: ClockReading(boot: now, wall: ClockReading.origin.wall))
        #expect(record.pause == .seconds(16))
        #expect((record.wait / .seconds(1)).rounded() == 16)
        // Another boot, so that the boot clock means nothing.
        var next = Budget(
            rate: 10, burst: 10, stored: record,
            at: ClockReading(boot: .seconds(5), wall: ClockReading.origin.wall + .seconds(passed)))
        #expect(Self.wait(next, at: .seconds(5)) == max(0, 16 - passed))
        let later = Duration.seconds(30)
        let isTaken = next.take(at: later)
        #expect(isTaken)
        #expect(Self.wait(next, at: later) == 16)
    }

    @Test("a wall clock that went back since makes no wait longer")
    func restartInThePast() {
        let record = BudgetRecord(level: 5, writtenAt: ClockReading.at(1e9).wall, pause: .seconds(8), wait: .seconds(4))
        #expect(Self.wait(Budget(rate: 1, burst: 5, stored: record, at: .origin), at: Self.start) == 4)
    }

    @Test("stored numbers that no budget comes to are cut", arguments: [-1e9, 257, 1e15])
    func storedExtremes(seconds: Double) {
        let record = BudgetRecord(
            level: 5, writtenAt: ClockReading.origin.wall, pause: .seconds(seconds), wait: .seconds(seconds))
        var budget = Budget(rate: 10, burst: 10, stored: record, at: .origin)
        #expect(Self.wait(budget, at: Self.start) == (seconds < 0 ? 0 : min(seconds, 384)))
        let isTaken = budget.take(at: Self.start + .seconds(384))
        #expect(isTaken)
        #expect(Self.wait(budget, at: Self.start + .seconds(384)) <= 256)
    }

    @Test("a reload does not end it")
    func configure() {
        var (budget, now) = Self.throttled(5)
        budget.configure(rate: 5, burst: 3, at: now)
        #expect(Self.wait(budget, at: now) == 32)
        #expect(Self.wait(budget, at: now + .seconds(31)) == 1)
    }
}
