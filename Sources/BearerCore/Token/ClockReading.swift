/// One reading of the two clocks that decide over a token.
///
/// `boot` is CLOCK_BOOTTIME (it goes on in suspend and is never stepped), `wall` is CLOCK_REALTIME since 1970
/// (it shows what a paused virtual machine missed, and is stepped). See clock_gettime(2).
package struct ClockReading: Sendable, Equatable {
    package var boot: Duration
    package var wall: Duration

    package init(boot: Duration, wall: Duration) {
        self.boot = boot
        self.wall = wall
    }

    /// The moment `duration` later, on both clocks alike.
    package func advanced(by duration: Duration) -> ClockReading {
        ClockReading(boot: boot + duration, wall: wall + duration)
    }

    /// The time from `now` to this moment: the shorter of what the two clocks say, so that a step of the wall clock
    /// can bring it nearer but never put it off. Negative once it is past.
    package func remaining(at now: ClockReading) -> Duration {
        min(boot - now.boot, wall - now.wall)
    }

    /// Whether either clock has reached this moment.
    package func isReached(at now: ClockReading) -> Bool {
        remaining(at: now) <= .zero
    }

    /// The moment that is reached as soon as one of the two is, whichever clock is stepped before.
    package func earlier(_ other: ClockReading) -> ClockReading {
        ClockReading(boot: min(boot, other.boot), wall: min(wall, other.wall))
    }

    /// The wall clock less the boot clock: it changes when somebody sets the wall clock, and only by drift otherwise.
    package var wallClockOffset: Duration { wall - boot }

    /// Whether the wall clock was set by at least `size` between the moment when it had this offset and this one.
    package func isStepped(since offset: Duration, by size: Duration) -> Bool {
        let step = wallClockOffset - offset
        return step >= size || step <= .zero - size
    }

    /// Whole seconds since 1970 on the wall clock.
    package var unixSeconds: Int64 { wall.components.seconds }
}

extension Duration {
    /// Whole seconds, at most `Int64.max`.
    package var secondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 && seconds < .max ? seconds + 1 : seconds
    }
}
