internal import BearerCore

/// Names a timer of a ``ServingLoop``.
package struct LoopTimer: Sendable, Hashable {
    fileprivate let number: UInt64
}

/// The timers of a loop: a binary heap by time, those of one time in the order in which they were added. Cancelled ones
/// stay in it until their time or the next clean-up, so that there are never many more of them than of the others.
struct LoopTimers {
    private struct Entry {
        let time: Duration
        let timer: LoopTimer

        func comes(before other: Entry) -> Bool {
            time == other.time ? timer.number < other.timer.number : time < other.time
        }
    }

    private var heap: [Entry] = []
    private var bodies: [LoopTimer: () -> Void] = [:]
    private var count: UInt64 = 0
    /// The first of the heap is not cancelled.
    private var isFirstSure = true

    /// The newest timer.
    var newest: LoopTimer { LoopTimer(number: count) }

    mutating func add(at time: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        count += 1
        bodies[newest] = body
        if heap.count > 2 * bodies.count + 64 { cleanUp() }
        heap.append(Entry(time: time, timer: newest))
        siftUp(from: heap.count - 1)
        return newest
    }

    mutating func cancel(_ timer: LoopTimer) {
        bodies[timer] = nil
        isFirstSure = false
    }

    /// For epoll_wait(2): milliseconds until the next timer, rounded up; -1 when there is none.
    mutating func timeout(at now: Duration) -> CInt {
        dropCancelled()
        guard let next = heap.first else { return -1 }
        return CInt(clamping: max(.zero, next.time - now).millisecondsRoundedUp)
    }

    /// Takes out the next one that is due at `now`, unless it is newer than `last`: what is added meanwhile waits for the
    /// next turn, or a timer that adds another would hold everything else up.
    mutating func next(dueAt now: Duration, upTo last: LoopTimer) -> (() -> Void)? {
        dropCancelled()
        guard let next = heap.first, next.time <= now, next.timer.number <= last.number else { return nil }
        removeFirst()
        isFirstSure = false
        return bodies.removeValue(forKey: next.timer)
    }

    private mutating func dropCancelled() {
        guard !isFirstSure else { return }
        while let next = heap.first, bodies[next.timer] == nil { removeFirst() }
        isFirstSure = true
    }

    private mutating func cleanUp() {
        heap = heap.filter { bodies[$0.timer] != nil }.sorted { $0.comes(before: $1) }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from index: Int) {
        var child = index
        while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while let child = firstChild(of: parent), heap[child].comes(before: heap[parent]) {
            heap.swapAt(parent, child)
            parent = child
        }
    }

    /// The child that comes first.
    private func firstChild(of parent: Int) -> Int? {
        let (left, right) = (2 * parent + 1, 2 * parent + 2)
        guard left < heap.count else { return nil }
        return right < heap.count && heap[right].comes(before: heap[left]) ? right : left
    }
}
