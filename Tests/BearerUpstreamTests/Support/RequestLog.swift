import Synchronization

/// What a ``RawServer`` has seen.
final class RequestLog: Sendable {
    private struct Contents {
        var connections = 0
        var requests: [String] = []
        var bytesWritten = 0
        var open = 0
        var waiting: [(until: @Sendable (Contents) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let contents = Mutex(Contents())

    var connections: Int { contents.withLock { $0.connections } }
    /// Each as it was on the wire, head and body.
    var requests: [String] { contents.withLock { $0.requests } }
    /// What a flood has poured out.
    var bytesWritten: Int { contents.withLock { $0.bytesWritten } }

    func connected() {
        update {
            $0.connections += 1
            $0.open += 1
        }
    }

    func disconnected() { update { $0.open -= 1 } }

    func received(_ request: String) { update { $0.requests.append(request) } }

    func wrote(_ count: Int) { update { $0.bytesWritten += count } }

    /// Returns once a request has arrived.
    func firstRequest() async { await wait { !$0.requests.isEmpty } }

    /// Returns once no connection is open.
    func allClosed() async { await wait { $0.connections > 0 && $0.open == 0 } }

    private func update(_ change: (inout Contents) -> Void) {
        let ready = contents.withLock { contents in
            change(&contents)
            let ready = contents.waiting.filter { $0.until(contents) }
            contents.waiting = contents.waiting.filter { !$0.until(contents) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    private func wait(until condition: @escaping @Sendable (Contents) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isTrue = contents.withLock { contents in
                if condition(contents) { return true }
                contents.waiting.append((condition, continuation))
                return false
            }
            if isTrue { continuation.resume() }
        }
    }
}
