import TestSupport
import Testing

@testable import AuthServerSimulator

@Suite("The throttle")
struct TokenBucketsTests {
    @Test("a full bucket passes its burst at once, then one per refill")
    func burst() {
        var buckets = TokenBuckets(.adobe)
        let passed = (0..<12).map { _ in buckets.take(from: "a", at: .seconds(100)) }
        #expect(passed == Array(repeating: true, count: 10) + [false, false])
        let justBefore = buckets.take(from: "a", at: .seconds(101) - .nanoseconds(1))
        let onTime = buckets.take(from: "a", at: .seconds(101))
        let again = buckets.take(from: "a", at: .seconds(101))
        #expect([justBefore, onTime, again] == [false, true, false])
    }

    @Test("each address has a bucket of its own")
    func addresses() {
        var buckets = TokenBuckets(Throttle(rate: 1, burst: 1))
        let passed = ["a", "b", "a", "b"].map { buckets.take(from: $0, at: .zero) }
        #expect(passed == [true, true, false, false])
    }

    @Test("no second of any history passes more than burst and rate allow", arguments: 0..<50)
    func bounded(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let throttle = Throttle(
            rate: Double.random(in: 0.1...20, using: &random), burst: Int.random(in: 1...20, using: &random))
        var buckets = TokenBuckets(throttle)
        var now = Duration.zero
        var passed: [Duration] = []
        for _ in 0..<500 {
            now += .milliseconds(Int.random(in: 0...300, using: &random))
            if buckets.take(from: "a", at: now) { passed.append(now) }
        }
        for (index, time) in passed.enumerated() {
            let count = passed[index...].prefix { $0 < time + .seconds(1) }.count
            #expect(Double(count) <= Double(throttle.burst) + throttle.rate + 1)
        }
    }

    @Test("over HTTP: 429 in HTML without Retry-After, logged, and no fault is used up")
    func overHTTP() async throws {
        let time = ManualClock()
        let throttle = Throttle(rate: 1, burst: 2)
        try await withSimulator(SimulatorConfiguration(throttle: throttle, clock: time.clock)) { simulator in
            simulator.script(.token, [.answer, .answer, .status(503)])
            var statuses: [Int?] = []
            for _ in 0..<2 { statuses.append(try await simulator.exchange(.token()).status) }
            let throttled = try await simulator.exchange(.token())
            time.advance(by: .seconds(1))
            statuses.append(try await simulator.exchange(.token()).status)
            #expect(statuses == [400, 400, 503])
            #expect(throttled.status == 429)
            #expect(throttled.header("Content-Type") == "text/html")
            #expect(throttled.header("Retry-After") == nil)
            #expect(throttled.body.hasPrefix("<html>"))
            #expect(simulator.calls.map(\.outcome)[2] == .throttled)
        }
    }

    @Test("it can be switched off")
    func off() async throws {
        try await withSimulator(SimulatorConfiguration(throttle: Throttle(rate: 0.001, burst: 1))) { simulator in
            simulator.setThrottle(nil)
            for _ in 0..<5 { _ = try await simulator.exchange(.token()) }
            #expect(!simulator.calls.map(\.outcome).contains(.throttled))
        }
    }
}
