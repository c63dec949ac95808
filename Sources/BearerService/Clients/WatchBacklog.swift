internal import BearerCore
internal import BearerLoop

/// The newest line that a slow watcher has not been sent yet, and how long its client has taken nothing.
final class WatchBacklog {
    private var line: Secret?
    private var timeout: LoopTimer?

    /// Keeps `newest` instead of what was kept.
    func hold(_ newest: [UInt8], for stream: SocketStream) {
        line = Secret(newest)
        expectProgress(of: stream)
    }

    /// Drops the client if it takes nothing for 30 s from now on.
    func expectProgress(of stream: SocketStream) {
        guard timeout == nil else { return }
        let taken = stream.sentCount
        timeout = stream.schedule(after: ConnectionLimits.watchTimeout) { [self] in
            timeout = nil
            if stream.sentCount == taken { stream.close() } else { expectProgress(of: stream) }
        }
    }

    /// The client has taken everything.
    func take(for stream: SocketStream) -> Secret? {
        if let timeout { stream.cancel(timeout) }
        timeout = nil
        defer { line = nil }
        return line
    }
}
