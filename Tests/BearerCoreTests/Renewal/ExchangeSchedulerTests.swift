import BearerCore
import TestSupport
import Testing

@Suite("ExchangeScheduler") struct ExchangeSchedulerTests {
    private let token = Exchange(id: 1, kind: .token)

    private func scheduler(rate: Double = 1, burst: Double = 5, calls: Double = 1) -> ExchangeScheduler {
        ExchangeScheduler(
            rate: rate, burst: burst, stored: BudgetRecord(level: calls, writtenAt: ClockReading.at(0).wall), at: .at(0)
        )
    }

    @Test("exchanges are sent in the order in which they were wanted, as the budget allows")
    func order() {
        var scheduler = scheduler(calls: 2)
        for name in ["c", "a", "b"] { scheduler.add(token, of: name, epoch: 7, at: .at(0)) }
        let first = scheduler.next(at: ClockReading.at(0).boot)
        #expect(first.map(\.profile) == ["c", "a"])
        #expect(first.map(\.epoch) == [7, 7] && first.map(\.exchange) == [token, token])
        #expect(scheduler.waiting("a") == nil && scheduler.waiting("b")?.wantedAt == .at(0))
        #expect(scheduler.next(at: ClockReading.at(0.5).boot).isEmpty)
        let next = scheduler.nextTime(at: ClockReading.at(0.5).boot)
        #expect(next.map { $0 >= ClockReading.at(1).boot && $0 < ClockReading.at(1.001).boot } == true)
        #expect(next.map { scheduler.next(at: $0).map(\.profile) } == ["b"])
        #expect(scheduler.nextTime(at: ClockReading.at(2).boot) == nil)
    }

    @Test("a profile waits once: with its newest exchange, at the end")
    func once() {
        var scheduler = scheduler(calls: 5)
        let newer = Exchange(id: 2, kind: .registration(replacing: false))
        scheduler.add(token, of: "a", epoch: 1, at: .at(0))
        scheduler.add(token, of: "b", epoch: 2, at: .at(0))
        scheduler.add(newer, of: "a", epoch: 3, at: .at(1))
        #expect(scheduler.waitingCount == 2)
        #expect(scheduler.next(at: ClockReading.at(1).boot).map(\.exchange) == [token, newer])
    }

    @Test("what is removed is not sent")
    func removed() {
        var scheduler = scheduler(calls: 5)
        for name in ["a", "b", "c"] { scheduler.add(token, of: name, epoch: 1, at: .at(0)) }
        scheduler.remove("a")
        scheduler.remove("nobody")
        #expect(scheduler.waitingCount == 2 && scheduler.waiting("a") == nil)
        #expect(scheduler.next(at: ClockReading.at(0).boot).map(\.profile) == ["b", "c"])
        scheduler.add(token, of: "a", epoch: 1, at: .at(0))
        scheduler.removeAll()
        #expect(scheduler.waitingCount == 0 && scheduler.waiting("a") == nil)
        #expect(scheduler.next(at: ClockReading.at(0).boot).isEmpty)
    }

    @Test("the expected time of an exchange counts those before it")
    func expectedTime() throws {
        var scheduler = scheduler(rate: 0.5, calls: 0)
        for name in ["a", "b", "c"] { scheduler.add(token, of: name, epoch: 1, at: .at(0)) }
        for (name, seconds) in [("a", 2.0), ("b", 4), ("c", 6)] {
            let order = try #require(scheduler.waiting(name))
            let expected = scheduler.expectedTime(of: order, at: ClockReading.at(0).boot) - ClockReading.at(0).boot
            #expect(abs(expected / .seconds(1) - seconds) < 0.001, "\(name)")
        }
    }

    @Test("a 429 slows the next exchanges down")
    func throttled() {
        var scheduler = scheduler()
        scheduler.ended(
            .throttled(retryAfter: nil), sentAt: ClockReading.at(0).boot, at: ClockReading.at(0).boot, random: 0.5)
        #expect(scheduler.record(at: .at(0)).pause == .milliseconds(6_600))
    }

    @Test("another configuration counts for those that wait")
    func configured() throws {
        var scheduler = scheduler(calls: 0)
        for name in ["a", "b", "c"] { scheduler.add(token, of: name, epoch: 1, at: .at(0)) }
        scheduler.configure(rate: 0.1, burst: 1, at: ClockReading.at(0).boot)
        let last = try #require(scheduler.waiting("c"))
        let expected = scheduler.expectedTime(of: last, at: ClockReading.at(0).boot) - ClockReading.at(0).boot
        #expect(abs(expected / .seconds(1) - 30) < 0.001)
    }

    @Test(
        "whatever is added, removed and answered: first come first served, never faster than the budget",
        arguments: 0..<20)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scheduler = scheduler(rate: 2, burst: 3, calls: 0)
        var (clock, sent, wanted): (Double, Int, [String]) = (0, 0, [])
        for _ in 0..<400 {
            clock += random.unit()
            let name = "p\(Int(random.unit() * 10))"
            switch random.unit() {
            case ..<0.6:
                scheduler.add(token, of: name, epoch: 1, at: .at(clock))
                wanted.removeAll { $0 == name }
                wanted.append(name)
            case ..<0.7:
                scheduler.remove(name)
                wanted.removeAll { $0 == name }
            default:
                let orders = scheduler.next(at: ClockReading.at(clock).boot).map(\.profile)
                #expect(orders == Array(wanted.prefix(orders.count)))
                wanted.removeFirst(min(orders.count, wanted.count))
                sent += orders.count
                #expect(Double(sent) <= 3 + clock * 2 + 0.001)
                // Nothing waits that could be sent.
                let next = scheduler.nextTime(at: ClockReading.at(clock).boot)
                #expect((next == nil) == wanted.isEmpty)
                #expect(next.map { $0 > ClockReading.at(clock).boot } ?? true)
            }
            #expect(scheduler.waitingCount == wanted.count)
        }
    }
}
