internal import CSystemd

/// What the unit's `WatchdogSec=` asks of this process, sd_watchdog_enabled(3).
package enum Watchdog {
    /// How often ``Notifier/alive()`` is due: half of the time after which systemd ends the service. `nil` when no
    /// watchdog watches this process.
    package static var interval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(microseconds / 2)
    }
}
