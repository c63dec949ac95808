import BearerCore
import TestSupport
import Testing

@Suite struct MomentTests {
    /// Now on both clocks, and what must be left until 100 s after the origin.
    static let clocks: [(boot: Double, wall: Double, left: Double)] = [
        (0, 0, 100), (40, 40, 60), (100, 100, 0), (130, 130, -30),
        (40, 90, 10), (40, 3_600, -3_500), (40, -86_400, 60), (110, -315_360_000, -10), (-5, 20, 80),
    ]

    @Test("the clock that says less decides", arguments: clocks)
    func remaining(boot: Double, wall: Double, left: Double) {
        let end = ClockReading.origin.advanced(by: .seconds(100))
        let now = ClockReading.at(boot: boot, wall: wall)
        #expect(end.remaining(at: now) == .seconds(left))
        #expect(end.isReached(at: now) == (left <= 0))
    }

    @Test("advancing moves both clocks alike")
    func advance() {
        #expect(ClockReading.at(boot: 1, wall: 5).advanced(by: .seconds(10)) == .at(boot: 11, wall: 15))
        #expect(ClockReading.at(boot: 1, wall: 5).advanced(by: .seconds(-10)) == .at(boot: -9, wall: -5))
    }

    @Test("seconds since 1970 are the wall clock's, rounded down")
    func unixSeconds() {
        #expect(ClockReading(boot: .seconds(5), wall: .milliseconds(1_763_980_000_999)).unixSeconds == 1_763_980_000)
    }

    @Test(
        "any part of a second counts as a whole one",
        arguments: [
            (0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 500, 2), (-1, 0, -1), (-1, -500, -1), (.max, 0, .max), (.max, 1, .max),
        ] as [(Int64, Int64, Int64)])
    func roundedUp(seconds: Int64, attoseconds: Int64, rounded: Int64) {
        let duration = Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
        #expect(duration.secondsRoundedUp == rounded)
    }

    @Test("a step of the wall clock never puts a moment off", arguments: UInt64(0)..<100)
    func steps(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let end = ClockReading.at(Double.random(in: 0..<1e6, using: &random))
        let now = ClockReading.at(Double.random(in: 0..<1e6, using: &random))
        let stepped = ClockReading(
            boot: now.boot, wall: now.wall + .seconds(Double.random(in: -1e9..<1e9, using: &random)))
        #expect(end.remaining(at: stepped) <= end.remaining(at: now))
    }
}
