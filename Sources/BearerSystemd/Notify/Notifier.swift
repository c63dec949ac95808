internal import CSystemd
internal import Glibc

/// Tells systemd how the service is doing, sd_notify(3). Does nothing without `$NOTIFY_SOCKET`.
///
/// Sending can block, so it happens on a thread of its own: not on the log's, because a journal that blocks must not
/// keep WATCHDOG=1 back.
package final class Notifier: Sendable {
    private let worker: SerialWorker<String>?

    /// `onFailure` is called on the notifier's thread when a state could not be sent.
    package init(onFailure: @escaping @Sendable (SystemdError) -> Void = { _ in }) {
        guard getenv("NOTIFY_SOCKET") != nil else {
            worker = nil
            return
        }
        worker = SerialWorker(capacity: 64) { state in
            let result = sd_notify(0, state)
            if result < 0 { onFailure(.notNotified(state: Self.name(of: state), errno: -result)) }
        }
    }

    /// READY=1: the start, or a reload, is complete.
    package func ready() {
        worker?.submit("READY=1")
    }

    /// RELOADING=1, to be followed by ``ready()``.
    package func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        worker?.submit("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)")
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
