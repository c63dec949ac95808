#if canImport(Testing)
    package import Testing

    /// Waits until `condition` holds; an issue is recorded when it does not within 20 seconds.
    ///
    /// On a busy machine, where a thousand tests begin at once, 20 s may pass between two looks. So `condition` is also given 1,000 looks, a
    /// millisecond apart, but no more than two minutes.
    package func eventually(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async rethrows {
        let begin = ContinuousClock.now
        var looks = 0
        while try await !condition() {
            looks += 1
            let waited = ContinuousClock.now - begin
            if waited > .seconds(120) || (waited > .seconds(20) && looks > 1_000) {
                Issue.record("never: \(what)", sourceLocation: sourceLocation)
                return
            }
            // What is about to happen needs the thread more than a further look.
            if looks < 20 { await Task.yield() } else { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }
#endif
