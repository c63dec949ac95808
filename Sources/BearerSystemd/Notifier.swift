internal import BearerLoop
internal import CSystemd
internal import Glibc

/// Tells systemd how the service is doing, sd_notify(3). Does nothing without `$NOTIFY_SOCKET`.
///
/// Sending can block, so it happens on a thread of its own: not on the log's, because a journal that blocks must not
/// keep WATCHDOG=1 back.
package final class Notifier: Sendable {
    private let worker: Worker<String>?

    package init() {
        guard getenv("NOTIFY_SOCKET") != nil else {
            worker = nil
            return
        }
        worker = Worker("notify", capacity: 64) { state in
            // A failure cannot be reported: systemd ends a start of which it hears nothing.
            sd_notify(0, state)
        }
    }

    /// READY=1: the start is complete.
    package func ready() {
        worker?.submit("READY=1")
    }

    /// EXTEND_TIMEOUT_USEC=: the start takes longer than the unit's `TimeoutStartSec=`; what comes next comes within `duration`.
    package func extendStart(by duration: Duration) {
        worker?.submit("EXTEND_TIMEOUT_USEC=\(duration.components.seconds * 1_000_000)")
    }

    /// STOPPING=1: the end has begun.
    package func stopping() {
        worker?.submit("STOPPING=1")
    }

    /// STATUS=, one line for `systemctl status`. Of several that wait only the newest is sent.
    package func status(_ text: String) {
        // A line break would start another assignment.
        let line = String(text.map { $0.isNewline ? " " : $0 })
        submitNewest("STATUS=\(line)")
    }

    /// WATCHDOG=1: to be called by the loop that serves clients and nobody else.
    package func alive() {
        submitNewest("WATCHDOG=1")
    }

    /// Waits until everything is sent; false when that takes longer than `limit`.
    @discardableResult
    package func flush(within limit: Duration = .seconds(1)) -> Bool {
        worker?.flush(within: limit) ?? true
    }

    private func submitNewest(_ state: String) {
        let name = Self.name(of: state)
        worker?.submit(state) { Self.name(of: $0) == name }
    }

    private static func name(of state: String) -> String {
        String(state.prefix { $0 != "=" })
    }
}

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
