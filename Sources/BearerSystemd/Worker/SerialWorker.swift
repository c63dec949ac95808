internal import Glibc

/// A thread that handles items one by one, for what may block: journald's socket, systemd's, stderr.
///
/// Handing over an item never blocks. When `capacity` items wait, further ones are lost and counted; the count is
/// reported once the thread has caught up. The thread ends, its items handled, when the worker is released.
package final class SerialWorker<Item: Sendable>: Sendable {
    private let monitor: Monitor<WorkQueue<Item>>

    /// - Parameters:
    ///   - capacity: items handed over and not yet handled, at least 1.
    ///   - handle: called on the thread, which has every signal blocked: a write to a closed pipe is EPIPE there.
    ///   - reportLoss: called on the thread with the number of lost items, when none waits any more.
    package init(
        capacity: Int,
        handle: @escaping @Sendable (Item) -> Void,
        reportLoss: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        let monitor = Monitor(WorkQueue<Item>(capacity: capacity))
        self.monitor = monitor
        startThread { Self.run(monitor, handle, reportLoss) }
    }

    deinit {
        monitor.change { $0.isClosed = true }
    }

    /// Hands over an item, in place of those waiting for which `isObsolete` is true. False when it was lost.
    @discardableResult
    package func submit(_ item: Item, replacing isObsolete: (Item) -> Bool = { _ in false }) -> Bool {
        monitor.change { $0.add(item, replacing: isObsolete) }
    }

    /// Waits until everything is handled and every loss reported; false when that takes longer than `limit`.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        monitor.wait(within: limit) { $0.isIdle ? true : nil } ?? false
    }

    private static func run(
        _ monitor: Monitor<WorkQueue<Item>>, _ handle: (Item) -> Void, _ reportLoss: (Int) -> Void
    ) {
        while true {
            switch monitor.wait(for: { $0.next() }) {
            case .handle(let items):
                for item in items {
                    handle(item)
                    monitor.change { $0.finished() }
                }
            case .reportLoss(let count):
                reportLoss(count)
                monitor.change { $0.reported() }
            case .end:
                return
            }
        }
    }
}
