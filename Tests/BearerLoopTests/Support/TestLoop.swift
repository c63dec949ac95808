import Synchronization
import TestSupport

@testable import BearerLoop

/// A loop whose timers run by a clock that the test puts forward.
final class TestLoop: Sendable {
    private final class Clock: Sendable {
        let time = Mutex(Duration.seconds(1000))
    }

    let loop: ServingLoop
    private let clock = Clock()

    private init() throws {
        let clock = clock
        loop = try ServingLoop { clock.time.withLock { $0 } }
    }

    /// Runs `body` with a loop, which has ended when this returns.
    static func run(_ body: (TestLoop) async throws -> Void) async throws {
        let test = try TestLoop()
        do {
            try await body(test)
        } catch {
            await test.loop.stop()
            throw error
        }
        await test.loop.stop()
    }

    /// Runs `body` on the loop's thread.
    @discardableResult
    func perform<Value: Sendable>(_ body: @escaping @Sendable (ServingLoop) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            loop.execute { [loop] in continuation.resume(returning: Result { try body(loop) }) }
        }
        return try result.get()
    }

    /// Lets `count` turns pass, whole ones: the last begins when this returns.
    func turns(_ count: Int = 2) async throws {
        for _ in 0..<count { try await perform { _ in } }
    }

    /// Puts the clock forward, from the loop's thread too.
    func passTime(_ duration: Duration) {
        clock.time.withLock { $0 += duration }
    }

    /// Puts the clock forward; what is due then has happened when this returns.
    func advance(by duration: Duration) async throws {
        passTime(duration)
        try await turns()
    }

    /// Runs `body` while the loop stands still, so that all that it causes belongs to one turn.
    func duringOneTurn(_ body: () throws -> Void) async throws {
        let gate = Pipe()
        await withCheckedContinuation { continuation in
            loop.execute {
                continuation.resume()
                gate.wait()
            }
        }
        defer { gate.signal() }
        try body()
    }
}
