/// The newest line that a slow watcher has not been sent yet, and its last chance to take one.
struct WatchBacklog {
    private var line: [UInt8]?
    private var timeout: LoopTimer?

    /// Keeps `newest` instead of what was kept, and drops the client if nothing moves for 30 s.
    mutating func hold(_ newest: [UInt8], for stream: SocketStream) {
        line = newest
        guard timeout == nil else { return }
        timeout = stream.loop.schedule(after: ConnectionLimits.watchTimeout) { stream.close() }
    }

    /// The client reads again.
    mutating func take(for stream: SocketStream) -> [UInt8]? {
        defer { clear(for: stream) }
        return line
    }

    mutating func clear(for stream: SocketStream) {
        line = nil
        if let timeout { stream.loop.cancel(timeout) }
        timeout = nil
    }
}
