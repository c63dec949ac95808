import BearerCore
import Testing

@Suite struct LifecycleInvariantTests {
    @Test("no promise is broken in any of 250 random lives", arguments: UInt64(0)..<20)
    func randomLives(batch: UInt64) {
        for seed in batch * 250..<(batch + 1) * 250 {
            var life = RandomLife(seed: seed)
            let violation = life.violation(steps: 250)
            #expect(violation == nil, "seed \(seed)")
        }
    }
}
