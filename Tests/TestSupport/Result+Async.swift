extension Result where Failure == any Error {
    /// What comes of `body`, so that a test can tidy up before it fails.
    package init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
