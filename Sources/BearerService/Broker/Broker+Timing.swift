internal import BearerLoop

/// What happens on the loop at times that have nothing to do with a token.
extension Broker {
    func once(after delay: Duration, _ body: @escaping @Sendable () -> Void) {
        loop.schedule(after: delay, body)
    }

    /// Calls `body` now and again after each `interval`, on the loop, as long as the daemon lives.
    func every(_ interval: Duration, _ body: @escaping @Sendable () -> Void) {
        body()
        loop.schedule(after: interval) { self.assumeIsolated { $0.every(interval, body) } }
    }
}
