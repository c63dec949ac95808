package import BearerCore
internal import Glibc

/// Reads the two clocks of the machine.
package enum SystemClock {
    /// CLOCK_BOOTTIME and CLOCK_REALTIME, read one after the other; both come from the vDSO, without a system call.
    package static func now() -> Moment {
        Moment(boot: read(CLOCK_BOOTTIME), wall: read(CLOCK_REALTIME))
    }

    /// CLOCK_BOOTTIME alone.
    package static func boot() -> Duration { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
