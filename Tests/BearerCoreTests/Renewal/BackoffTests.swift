import BearerCore
import TestSupport
import Testing

@Suite struct BackoffTests {
    static let caps: [(failures: Int, serving: Double, empty: Double)] = [
        (-1, 2, 2), (0, 2, 2), (1, 2, 2), (2, 4, 4), (3, 8, 8), (4, 16, 16), (5, 32, 30), (6, 64, 30), (7, 128, 30),
        (8, 256, 30), (9, 300, 30), (10, 300, 30), (63, 300, 30), (64, 300, 30), (.max, 300, 30),
    ]

    @Test("the cap doubles up to five minutes with a token, to 30 s without", arguments: caps)
    func cap(failures: Int, serving: Double, empty: Double) {
        #expect(Backoff.cap(failures: failures, isServing: true) == .seconds(serving))
        #expect(Backoff.cap(failures: failures, isServing: false) == .seconds(empty))
    }

    /// Failures, random, `Retry-After` and the delay while a token is served; seconds.
    static let delays: [(failures: Int, random: Double, retryAfter: Double?, delay: Double)] = [
        (1, 0, nil, 1), (1, 0.5, nil, 1.5), (3, 0.5, nil, 4.5), (9, 0, nil, 1), (9, 0.5, nil, 150.5),
        (1, 0, 0, 1), (1, 0, -5, 1), (1, 0, 0.25, 1), (1, 0, 7, 7), (9, 0.5, 7, 150.5), (9, 0.5, 200, 200),
        (1, 0, 3_600, 3_600), (1, 0, 3_601, 3_600), (1, 0, 1e12, 3_600),
    ]

    @Test("a delay is drawn between 1 s and the cap, and honours Retry-After up to an hour", arguments: delays)
    func delay(failures: Int, random: Double, retryAfter: Double?, expected: Double) {
        let delay = Backoff.delay(
            failures: failures, isServing: true, retryAfter: retryAfter.map { .seconds($0) }, random: random)
        #expect(delay == .seconds(expected))
    }

    @Test("delays fill the whole range", arguments: [true, false])
    func fullJitter(isServing: Bool) {
        var random = SeededGenerator(seed: 2)
        for failures in 1...12 {
            let cap = Backoff.cap(failures: failures, isServing: isServing)
            let delays = (0..<2_000).map { _ in
                Backoff.delay(failures: failures, isServing: isServing, retryAfter: nil, random: random.unit())
            }
            let spread = cap - .seconds(1)
            #expect(delays.allSatisfy { $0 >= .seconds(1) && $0 < cap })
            #expect(delays.contains { $0 < .seconds(1) + spread * 0.01 })
            #expect(delays.contains { $0 > cap - spread * 0.01 })
        }
    }
}
