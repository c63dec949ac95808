package import BearerLoop
internal import Synchronization

/// A loop whose timers run by a clock that the test puts forward, or by that of the machine.
package final class TestLoop: Sendable {
    private final class Clock: Sendable {
        let time = Mutex(Duration.seconds(1000))
    }

    package let loop: ServingLoop
    private let clock = Clock()

    /// - Parameter isTimeTold: the test puts the clock forward.
    package init(isTimeTold: Bool = true) throws {
        let clock = clock
        loop = isTimeTold ? try ServingLoop { clock.time.withLock { $0 } } : try ServingLoop()
    }

    /// Runs `body` with a loop, which has ended when this returns.
    package static func run(_ body: (TestLoop) async throws -> Void) async throws {
        let test = try TestLoop()
        let result = await Result { try await body(test) }
        await test.loop.stop()
        try result.get()
    }

    /// Runs `body` on the loop's thread.
    @discardableResult
    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (ServingLoop) throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            loop.execute { [loop] in continuation.resume(returning: Result { try body(loop) }) }
        }
        return try result.get()
    }

    /// Lets `count` turns pass, whole ones: the last begins when this returns.
    package func turns(_ count: Int = 2) async throws {
        for _ in 0..<count { try await perform { _ in } }
    }

    /// Puts the clock forward, from the loop's thread too.
    package func passTime(_ duration: Duration) {
        clock.time.withLock { $0 += duration }
    }

    /// Puts the clock forward; what is due then has happened when this returns.
    package func advance(by duration: Duration) async throws {
        passTime(duration)
        try await turns()
    }

    /// Runs `body` while the loop stands still, so that all that it causes belongs to one turn.
    package func duringOneTurn(_ body: () throws -> Void) async throws {
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
