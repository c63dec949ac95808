import Synchronization

/// A clock that a test alone puts forward.
final class StoppedClock: Sendable {
    private let time = Mutex(Duration.seconds(1000))

    func now() -> Duration { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 += duration }
    }
}
