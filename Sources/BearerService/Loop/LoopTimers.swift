/// Names a timer of a ``ServingLoop``.
struct LoopTimer: Sendable, Hashable {
    fileprivate let number: UInt64
}

/// The timers of a loop: a binary heap by time. Cancelled ones stay in it until their time or the next clean-up, so that
/// there are never more of them than of the others.
struct LoopTimers {
    private struct Entry {
        let time: Duration
        let timer: LoopTimer
    }

    private var heap: [Entry] = []
    private var bodies: [LoopTimer: () -> Void] = [:]
    private var count: UInt64 = 0

    mutating func add(at time: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        count += 1
        let timer = LoopTimer(number: count)
        bodies[timer] = body
        if heap.count > 2 * bodies.count + 64 { cleanUp() }
        heap.append(Entry(time: time, timer: timer))
        siftUp(from: heap.count - 1)
        return timer
    }

    mutating func cancel(_ timer: LoopTimer) {
        bodies[timer] = nil
    }

    /// For epoll_wait(2): milliseconds until the next timer, rounded up; -1 when there is none.
    mutating func timeout(at now: Duration) -> CInt {
        dropCancelled()
        guard let next = heap.first else { return -1 }
        return CInt(clamping: Self.milliseconds(max(.zero, next.time - now)))
    }

    /// Takes out what is due.
    mutating func due(at now: Duration) -> [() -> Void] {
        var due: [() -> Void] = []
        while let next = heap.first, next.time <= now {
            removeFirst()
            if let body = bodies.removeValue(forKey: next.timer) { due.append(body) }
        }
        return due
    }

    private static func milliseconds(_ wait: Duration) -> Int64 {
        let (seconds, attoseconds) = wait.components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }

    private mutating func dropCancelled() {
        while let next = heap.first, bodies[next.timer] == nil { removeFirst() }
    }

    private mutating func cleanUp() {
        heap = heap.filter { bodies[$0.timer] != nil }.sorted { $0.time < $1.time }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from index: Int) {
        var child = index
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0].time < heap[$1].time }),
                heap[least].time < heap[parent].time
            else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
