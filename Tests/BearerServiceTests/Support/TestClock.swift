import BearerCore
import BearerLoop
import Synchronization

@testable import BearerService

/// The machine's clocks, which a test can put forward.
final class TestClock: Sendable {
    private let offset = Mutex(ClockReading(boot: .zero, wall: .zero))
    private let stopped = Mutex<ClockReading?>(nil)

    func now() -> ClockReading {
        let real = stopped.withLock { $0 } ?? SystemClock.now()
        return offset.withLock { ClockReading(boot: real.boot + $0.boot, wall: real.wall + $0.wall) }
    }

    /// From now on, time passes only when a test says so.
    func stop() {
        stopped.withLock { $0 = SystemClock.now() }
    }

    /// A step of the wall clock alone.
    func stepWall(by duration: Duration) {
        offset.withLock { $0.wall += duration }
    }

    func advance(by duration: Duration) {
        offset.withLock { $0 = $0.advanced(by: duration) }
    }
}
