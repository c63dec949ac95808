/// All calls in order, and the tasks that wait for a number of them.
struct CallLog {
    private(set) var calls: [Call] = []
    private var waiters: [UInt64: Waiter] = [:]
    private var lastWaiterID: UInt64 = 0

    typealias Continuation = CheckedContinuation<[Call], any Error>

    private struct Waiter {
        let endpoint: Endpoint?
        let count: Int
        let continuation: Continuation
    }

    /// What the funnel has to do outside its lock: resume these with these calls.
    typealias Wakeups = [(continuation: Continuation, calls: [Call])]

    func calls(to endpoint: Endpoint?) -> [Call] {
        endpoint.map { endpoint in calls.filter { $0.endpoint == endpoint } } ?? calls
    }

    mutating func append(_ call: Call) -> Wakeups {
        calls.append(call)
        return takeSatisfied()
    }

    mutating func makeWaiterID() -> UInt64 {
        lastWaiterID += 1
        return lastWaiterID
    }

    mutating func wait(_ id: UInt64, for count: Int, to endpoint: Endpoint?, _ continuation: Continuation) -> Wakeups {
        waiters[id] = Waiter(endpoint: endpoint, count: count, continuation: continuation)
        return takeSatisfied()
    }

    mutating func removeWaiter(_ id: UInt64) -> Continuation? {
        waiters.removeValue(forKey: id)?.continuation
    }

    private mutating func takeSatisfied() -> Wakeups {
        var wakeups: Wakeups = []
        for (id, waiter) in waiters {
            let matching = calls(to: waiter.endpoint)
            guard matching.count >= waiter.count else { continue }
            waiters[id] = nil
            wakeups.append((waiter.continuation, matching))
        }
        return wakeups
    }
}
