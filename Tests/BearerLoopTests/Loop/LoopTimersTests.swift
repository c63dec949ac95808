import TestSupport
import Testing

@testable import BearerLoop

@Suite("The loop's timers", .timeLimit(.minutes(1))) struct LoopTimersTests {
    @Test("they fire at their time, not before, those of one time in the order in which they were set")
    func order() async throws {
        try await TestLoop.run { test in
            let fired = Collected<Int>()
            try await test.perform { loop in
                for (delay, name) in [(30, 4), (10, 1), (20, 2), (20, 3)] {
                    loop.schedule(after: .milliseconds(delay)) { fired.add(name) }
                }
            }
            try await test.advance(by: .milliseconds(9))
            #expect(fired.all.isEmpty)
            try await test.advance(by: .milliseconds(1))
            #expect(fired.all == [1])
            try await test.advance(by: .seconds(60))
            #expect(fired.all == [1, 2, 3, 4])
        }
    }

    @Test("one that another of the same turn cancels does not fire")
    func cancelledInTheTurn() async throws {
        try await TestLoop.run { test in
            let fired = Collected<String>()
            try await test.perform { loop in
                let second = Box<LoopTimer?>(nil)
                loop.schedule(after: .milliseconds(1)) { [unowned loop] in
                    fired.add("first")
                    if let timer = second.value { loop.cancel(timer) }
                }
                second.value = loop.schedule(after: .milliseconds(1)) { fired.add("second") }
                loop.schedule(after: .milliseconds(1)) { fired.add("third") }
            }
            try await test.advance(by: .milliseconds(1))
            #expect(fired.all == ["first", "third"])
        }
    }

    @Test("one that is set for now by another fires in a later turn, so that nobody else is held up")
    func setForNow() async throws {
        try await TestLoop.run { test in
            let fired = Collected<String>()
            try await test.perform { loop in
                loop.schedule(after: .zero) { [unowned loop] in
                    loop.schedule(after: .zero) { fired.add("timer") }
                    loop.execute { fired.add("body") }
                }
            }
            try await test.turns(4)
            #expect(fired.all == ["body", "timer"])
        }
    }

    @Test("real time passes by itself")
    func realTime() async throws {
        let loop = try ServingLoop()
        let start = SystemClock.boot()
        await withCheckedContinuation { continuation in
            loop.execute { [unowned loop] in
                loop.schedule(after: .milliseconds(20)) { continuation.resume() }
            }
        }
        #expect(SystemClock.boot() - start >= .milliseconds(20))
        await loop.stop()
    }

    @Test("whatever is set and cancelled, those fire that are left, in order", arguments: 0..<50 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var timers = LoopTimers()
        var expected: [(time: Duration, timer: LoopTimer, name: Int)] = []
        let fired = Box<[Int]>([])
        var now = Duration.zero
        for name in 0..<400 {
            let time = now + .milliseconds(Int.random(in: 0..<200, using: &random))
            expected.append((time, timers.add(at: time) { fired.value.append(name) }, name))
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                guard let index = expected.indices.randomElement(using: &random) else { break }
                timers.cancel(expected.remove(at: index).timer)
            }
            now += .milliseconds(Int.random(in: 0..<5, using: &random))
            let due = expected.enumerated().filter { $0.element.time <= now }
                .sorted { ($0.element.time, $0.element.name) < ($1.element.time, $1.element.name) }
            expected.removeAll { $0.time <= now }
            fired.value = []
            while let body = timers.next(dueAt: now, upTo: timers.newest) { body() }
            #expect(fired.value == due.map(\.element.name))
            let wait = expected.map { $0.time - now }.min()
            #expect(timers.timeout(at: now) == wait.map { CInt($0 / .milliseconds(1)) } ?? -1)
        }
    }
}
