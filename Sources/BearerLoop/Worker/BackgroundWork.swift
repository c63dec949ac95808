/// Something that may block.
package typealias BackgroundWork = @Sendable () -> Void

extension Worker<BackgroundWork> {
    /// A worker for calls of any kind, of which any number may wait.
    package convenience init(_ name: String) {
        self.init(name) { $0() }
    }

    /// Carries `body` out on the thread, after what was handed over before, and to its end whether or not the caller is
    /// cancelled.
    ///
    /// - Throws: ``LoopError`` when no thread can be started; then nothing was done.
    package func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(LoopError) -> Value {
        let result: Result<Value, LoopError> = await withCheckedContinuation { continuation in
            let isTaken = submit({ continuation.resume(returning: .success(body())) })
            if !isTaken { continuation.resume(returning: .failure(.noThread)) }
        }
        return try result.get()
    }
}
