// A build with the static Swift runtime has no Testing, and builds this target all the same.
#if canImport(Testing)
    package import Testing

    /// Awaits a condition that nothing announces, asking again whenever others have had their turn.
    package func eventually(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async rethrows {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !condition() {
            if ContinuousClock.now > deadline {
                Issue.record("never: \(what)", sourceLocation: sourceLocation)
                return
            }
            await Task.yield()
        }
    }
#endif
