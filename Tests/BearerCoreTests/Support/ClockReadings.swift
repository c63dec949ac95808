import BearerCore

extension ClockReading {
    /// When the tests begin: an hour after boot, some day in 2027.
    static let origin = ClockReading(boot: .seconds(3600), wall: .seconds(1_800_000_000))

    /// `seconds` after ``origin`` on both clocks.
    static func at(_ seconds: Double) -> ClockReading {
        .at(boot: seconds, wall: seconds)
    }

    /// After ``origin``, a different time on either clock.
    static func at(boot: Double, wall: Double) -> ClockReading {
        ClockReading(boot: origin.boot + .seconds(boot), wall: origin.wall + .seconds(wall))
    }
}
