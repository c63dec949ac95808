internal import Glibc

/// The server's idea of the time: seconds since 1970.
package struct SimulatorClock: Sendable {
    package let now: @Sendable () -> Duration

    package init(now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    /// The host's time when the simulator started, then CLOCK_BOOTTIME: a step of the host's wall clock does not reach
    /// the server, as it would not reach a remote one.
    package static var system: SimulatorClock {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let start = Duration.seconds(wall.tv_sec) + .nanoseconds(wall.tv_nsec)
        let started = ContinuousClock.now
        return SimulatorClock { start + started.duration(to: .now) }
    }
}
