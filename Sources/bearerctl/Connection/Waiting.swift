internal import BearerClient
internal import Dispatch
internal import Synchronization

/// Runs asynchronous work and waits for it.
///
/// Only for the main thread, where the commands are plain synchronous code: the threads of Swift's pool have signals
/// blocked, SIGTERM among them, and a command that `exec` became there would inherit that.
func waiting<Value: Sendable>(
    for work: @escaping @Sendable () async throws(BearerError) -> Value
) throws(CommandError) -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Outcome<Value>()
    Task.detached {
        do throws(BearerError) {
            outcome.set(.success(try await work()))
        } catch {
            outcome.set(.failure(error))
        }
        done.signal()
    }
    done.wait()
    do throws(BearerError) {
        return try outcome.get()
    } catch {
        throw CommandError(error)
    }
}

/// What came of the work.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, BearerError>>(.failure(.connectionLost))

    func set(_ result: Result<Value, BearerError>) {
        self.result.withLock { $0 = result }
    }

    func get() throws(BearerError) -> Value {
        try result.withLock { $0 }.get()
    }
}
