internal import BearerLoop
internal import BearerState

/// The one thread that touches the state directory, so that a slow disk stalls nothing but itself. Calls are carried
/// out in order, and to their end whether or not the caller is cancelled.
struct Disk: Sendable {
    private let worker = Worker<BackgroundWork>("disk")
    private let path: String

    /// - Parameter path: of the state directory, for errors.
    init(path: String) {
        self.path = path
    }

    /// - Throws: what `body` throws; ``StateError/unusableDirectory(path:_:)`` when it was not called, for want of a thread.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StateError) -> Value
    ) async throws(StateError) -> Value {
        let result: Result<Value, StateError>
        do throws(LoopError) {
            result = try await worker.run { Result { () throws(StateError) in try body() } }
        } catch {
            throw .unusableDirectory(path: path, .failed(errno: error.code))
        }
        return try result.get()
    }
}

/// What is kept of a profile on disk.
struct ProfileFiles: Sendable {
    let directory: StateDirectory
    let key: CredentialKey

    init(_ directory: StateDirectory, key: CredentialKey) {
        self.directory = directory
        self.key = key
    }

    var credentials: CredentialStore { directory.credentials(for: key) }
    var history: RegistrationHistoryStore { directory.history(for: key) }
}
