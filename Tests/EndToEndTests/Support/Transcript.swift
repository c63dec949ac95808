import Synchronization

/// The lines that a program has written, and the tests that wait for one.
final class Transcript: Sendable {
    private struct State {
        var lines: [String] = []
        var hasEnded = false
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
    }

    private struct Waiter {
        let text: String
        let continuation: CheckedContinuation<String?, Never>
    }

    private let state = Mutex(State())

    var lines: [String] { state.withLock(\.lines) }
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    func append(_ line: String) {
        resume { state in
            state.lines.append(line)
            return state.waiters.filter { line.contains($0.value.text) }.map { ($0.key, line) }
        }
    }

    /// There will be no further line.
    func end() {
        resume { state in
            state.hasEnded = true
            return state.waiters.keys.map { ($0, nil) }
        }
    }

    /// The first line with `text` in it, at once or when it comes.
    func line(containing text: String, within limit: Duration = .seconds(30)) async throws -> String {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let timeout = Task {
            try await Task.sleep(for: limit)
            resume { _ in [(id, nil)] }
        }
        defer { timeout.cancel() }
        let line = await withCheckedContinuation { continuation in
            resume { state in
                state.waiters[id] = Waiter(text: text, continuation: continuation)
                if let line = state.lines.first(where: { $0.contains(text) }) { return [(id, line)] }
                return state.hasEnded ? [(id, nil)] : []
            }
        }
        guard let line else { throw HarnessError.waitedInVain(text, lines: lines) }
        return line
    }

    private func resume(_ decide: (inout State) -> [(Int, String?)]) {
        let due = state.withLock { state in
            decide(&state).compactMap { id, line in state.waiters.removeValue(forKey: id).map { ($0, line) } }
        }
        for (waiter, line) in due { waiter.continuation.resume(returning: line) }
    }
}
