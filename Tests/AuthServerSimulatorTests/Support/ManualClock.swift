import AuthServerSimulator
import Synchronization

/// A server clock that goes on only when told.
final class ManualClock: Sendable {
    private let time = Mutex(Duration.seconds(1_763_980_000))

    var clock: SimulatorClock {
        SimulatorClock { self.time.withLock { $0 } }
    }

    func advance(by duration: Duration) {
        time.withLock { $0 += duration }
    }
}
