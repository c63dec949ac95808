import BearerCore
import TestSupport
import Testing

@Suite struct RenewalPolicyTests {
    /// `at`, `jitter`, lifetime, random, and the delay that must come out; all in seconds.
    static let delays: [(at: Double, jitter: Double, lifetime: Double, random: Double, delay: Double)] = [
        (0.8, 0.05, 21_600, 0, 17_280), (0.8, 0.05, 21_600, 0.5, 17_820), (0.8, 0.05, 86_400, 0, 69_120),
        (0.1, 0, 86_400, 0.9, 8_640), (0.95, 0.03, 86_400, 1, 84_672), (0.1, 0.2, 1_000, 0.5, 200),
        // So short that an exchange must be fitted in before the end of service.
        (0.95, 0, 100, 0, 95), (0.95, 0.03, 100, 1, 97), (0.95, 0, 30, 0, 27), (0.8, 0, 10, 0, 7),
        (0.8, 0, 5, 0, 2), (0.8, 0, 4, 0, 1.5), (0.8, 0, 3, 0, 1), (0.8, 0, 2, 0, 1), (0.8, 0, 1, 0, 1),
        (0.1, 0, 4, 0, 1),
    ]

    @Test("a renewal is due at `at`, spread by `jitter`, and before the end", arguments: delays)
    func delay(at: Double, jitter: Double, lifetime: Double, random: Double, expected: Double) {
        let delay = RenewalPolicy(at: at, jitter: jitter).delay(lifetime: .seconds(lifetime), random: random)
        #expect(abs(delay / .seconds(1) - expected) < 1e-6)
    }

    @Test("a renewal is due within `at` and `at + jitter`, never sooner than a second, and in service")
    func bounds() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let at = Double.random(in: 0.1...0.95, using: &random)
            let jitter = Double.random(in: 0...min(0.2, 0.98 - at), using: &random)
            let lifetime = Double(
                Int.random(in: 1...2_592_000 >> Int.random(in: 0..<20, using: &random), using: &random))
            let delay =
                RenewalPolicy(at: at, jitter: jitter)
                .delay(lifetime: .seconds(lifetime), random: random.unit()) / .seconds(1)
            #expect(delay >= 1)
            #expect(delay <= max(1, lifetime * (at + jitter)) + 1e-6)
            if lifetime >= 3 { #expect(delay <= lifetime - 2) }
            if lifetime >= 150 { #expect(delay >= lifetime * at - 1e-6) }
        }
    }
}
