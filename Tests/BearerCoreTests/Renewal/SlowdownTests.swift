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
        (0, 0), (1, 6.6), (2, 39.6), (3, 90), (4, 90), (100, 90),
    ]

    @Test("each 429 makes the pause six times as long, up to 90 s", arguments: rows)
    func growth(count: Int, pause: Double) {
        let (budget, now) = Self.throttled(count)
        #expect(Self.wait(budget, at: now) == pause)
    }

    @Test("what waits for the pause after a 429 is told from what waits for its turn")
    func reason() {
        var scheduler = ExchangeScheduler(rate: 0.1, burst: 1, at: .origin)
        #expect(scheduler.next(at: Self.start).isEmpty)
        for (id, name) in [(UInt64(1), "a"), (2, "b")] {
            scheduler.add(Exchange(id: id, kind: .token), of: name, epoch: 0, at: .origin)
        }
        #expect(scheduler.next(at: Self.start).map(\.profile) == ["a"])
        #expect(!scheduler.isThrottled(at: Self.start))
        scheduler.ended(Self.throttle, sentAt: Self.start, at: Self.start, random: 0.5)
        #expect(scheduler.isThrottled(at: Self.start))
        let over = scheduler.nextTime(at: Self.start) ?? .zero
        #expect(!scheduler.isThrottled(at: over))
    }

    /// The random number, and what it makes of a pause of 90 s.
    static let spreads: [(random: Double, wait: Double)] = [(0, 45), (0.25, 67.5), (0.5, 90), (0.999, 134.91)]

    @Test("hosts that were rejected together come back apart", arguments: spreads)
    func spread(random: Double, wait: Double) {
        let (budget, now) = Self.throttled(3, random: random)
        #expect(Self.wait(budget, at: now) == wait)
    }

    @Test("a stray 429 waits at least a second and at most ten, however many calls were let through before it")
    func stray() {
        for random in [0, 0.5, 0.999] {
            var (budget, now) = (Budget(rate: 10, burst: 10, at: .origin), Self.start)
            for _ in 0..<5 {
                _ = budget.take(at: now)
                budget.ended(Self.throttle, sentAt: now, at: now, random: random)
                #expect((1...10).contains(Self.wait(budget, at: now)))
                now = budget.nextAvailable(at: now)
                _ = budget.take(at: now)
                budget.ended(nil, sentAt: now, at: now, random: random)
                now = budget.nextAvailable(at: now)
            }
        }
    }

    @Test("a slowed budget gives one call each pause, whatever the burst, until it is known how that call has ended")
    func pace() {
        var (budget, now) = Self.throttled(2)
        for _ in 0..<5 {
            now += .seconds(39.6)
            let taken = [now, now, now + .seconds(39.5)].map { budget.take(at: $0) }
            #expect(taken == [true, false, false])
        }
    }

    @Test("who has found a gap keeps it: calls that are let through follow each other by 1.1 s, for ten minutes")
    func gap() throws {
        var (budget, now) = Self.throttled(3)
        let last = now
        now = budget.nextAvailable(at: now)
        var calls = 0
        while now < last + .seconds(598) {
            calls += 1
            try #require(calls < 1_000, "time goes on")
            let taken = [now, now].map { budget.take(at: $0) }
            #expect(taken == [true, false])
            let answered = now + .milliseconds(200)
            budget.ended(nil, sentAt: now, at: answered, random: 0.5)
            #expect(Self.wait(budget, at: answered) == 0.9)
            now = budget.nextAvailable(at: answered)
        }
        let taken = (0..<10).map { _ in budget.take(at: last + .seconds(601)) }
        #expect(taken == Array(repeating: true, count: 10), "the burst")
    }

    @Test("calls that were in flight together slow down once")
    func together() {
        var (budget, now) = Self.throttled(2)
        for sent in [-1.0, -0.5, -0.001] {
            budget.ended(Self.throttle, sentAt: now + .seconds(sent), at: now, random: 0.5)
        }
        #expect(Self.wait(budget, at: now) == 39.6)
        budget.ended(nil, sentAt: now - .seconds(0.5), at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == 39.6, "nor does one that was let through speed up")
        budget.ended(Self.throttle, sentAt: now, at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == 90)
        budget.ended(nil, sentAt: now, at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == 1.1, "one that was sent when that was known does")
    }

    @Test("calls that are let through make no pause where there was none")
    func undisturbed() {
        var budget = Budget(rate: 10, burst: 10, at: .origin)
        budget.ended(nil, sentAt: Self.start, at: Self.start, random: 0.5)
        #expect(budget.record(at: .origin).pause == .zero)
    }

    /// 429s in a row, seconds without one since, and the pause between calls then.
    static let recoveries: [(count: Int, seconds: Double, pause: Double)] = [
        (3, 599, 90), (3, 600, 0.1), (1, 599, 6.6), (1, 600, 0.1), (3, 1e9, 0.1), (3, 1e15, 0.1),
    ]

    @Test("ten minutes without a 429 end the pause", arguments: recoveries)
    func recovery(count: Int, seconds: Double, pause: Double) {
        var (budget, now) = Self.throttled(count)
        now += .seconds(seconds)
        // More than the burst.
        for _ in 0..<20 { _ = budget.take(at: now) }
        #expect(Self.wait(budget, at: now) == pause)
    }

    @Test("a 429 after that is a first one again", arguments: [(599.0, 39.6), (600, 6.6)])
    func again(seconds: Double, pause: Double) {
        var (budget, now) = Self.throttled(1)
        now += .seconds(seconds)
        _ = budget.take(at: now)
        budget.ended(Self.throttle, sentAt: now, at: now, random: 0.5)
        #expect(Self.wait(budget, at: now) == pause)
    }

    /// What ends a call that was made after two 429s, the pause after it, and the seconds until the next call.
    static let ends: [(failure: ExchangeFailure?, pause: Double, wait: Double)] = [
        (nil, 6.6, 1.1), (.oauth(.invalidClient), 6.6, 1.1), (.unreachable, 39.6, 39.6), (.timedOut, 39.6, 39.6),
        (.unavailable, 39.6, 39.6), (throttle, 90, 90),
    ]

    @Test("what the server lets through makes the pause six times shorter", arguments: ends)
    func passing(failure: ExchangeFailure?, pause: Double, wait: Double) {
        var (budget, now) = Self.throttled(2)
        now = budget.nextAvailable(at: now)
        _ = budget.take(at: now)
        budget.ended(failure, sentAt: now, at: now, random: 0.5)
        let record = budget.record(at: ClockReading(boot: now, wall: .zero))
        #expect((record.pause / .milliseconds(1)).rounded() == pause * 1_000)
        #expect(Self.wait(budget, at: now) == wait)
    }

    @Test("a restart keeps the pause and what is left of it", arguments: [0.0, 10, 39.6, 100])
    func restart(passed: Double) {
        let (budget, now) = Self.throttled(2)
        let record = budget.record(at: ClockReading(boot: now, wall: ClockReading.origin.wall))
        #expect(record.pause == .milliseconds(39_600))
        #expect((record.wait / .milliseconds(100)).rounded() == 396)
        // Another boot, so that the boot clock means nothing.
        var next = Budget(
            rate: 10, burst: 10, stored: record,
            at: ClockReading(boot: .seconds(5), wall: ClockReading.origin.wall + .seconds(passed)))
        #expect(Self.wait(next, at: .seconds(5)) == max(0, 39.6 - passed))
        let later = Duration.seconds(50)
        let isTaken = next.take(at: later)
        #expect(isTaken)
        #expect(Self.wait(next, at: later) == 39.6)
    }

    @Test("a wall clock that went back since makes no wait longer")
    func restartInThePast() {
        let record = BudgetRecord(level: 5, writtenAt: ClockReading.at(1e9).wall, pause: .seconds(8), wait: .seconds(4))
        #expect(Self.wait(Budget(rate: 1, burst: 5, stored: record, at: .origin), at: Self.start) == 4)
    }

    @Test("stored numbers that no budget comes to are cut", arguments: [-1e9, 91, 1e15])
    func storedExtremes(seconds: Double) {
        let record = BudgetRecord(
            level: 5, writtenAt: ClockReading.origin.wall, pause: .seconds(seconds), wait: .seconds(seconds))
        var budget = Budget(rate: 10, burst: 10, stored: record, at: .origin)
        #expect(Self.wait(budget, at: Self.start) == (seconds < 0 ? 0 : min(seconds, 135)))
        let isTaken = budget.take(at: Self.start + .seconds(135))
        #expect(isTaken)
        #expect(Self.wait(budget, at: Self.start + .seconds(135)) <= 90)
    }

    @Test("a reload does not end it")
    func configure() {
        var (budget, now) = Self.throttled(5)
        budget.configure(rate: 5, burst: 3, at: now)
        #expect(Self.wait(budget, at: now) == 90)
        #expect(Self.wait(budget, at: now + .seconds(89)) == 1)
    }
}
