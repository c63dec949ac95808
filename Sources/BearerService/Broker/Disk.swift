package import BearerState
package import NIOPosix

/// The one thread that touches the state directory, so that a slow disk stalls nothing but itself. Calls are carried
/// out in order, and to their end whether or not the caller is cancelled.
package struct Disk: Sendable {
    private let thread: NIOThreadPool

    package init(_ thread: NIOThreadPool) {
        self.thread = thread
    }

    package func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StateError) -> Value
    ) async throws(StateError) -> Value {
        let result: Result<Value, StateError> = await withCheckedContinuation { continuation in
            thread.submit { _ in
                continuation.resume(returning: Result { () throws(StateError) in try body() })
            }
        }
        return try result.get()
    }
}
