internal import Glibc

/// Handles items one by one, in order, on a thread of its own: for what may block, such as the disk, the journal's socket
/// or a name service.
///
/// The thread is there while there is something to do and for a little longer: it starts with an item and ends after
/// `idle` without one. Handing over an item never blocks. One that finds `capacity` items waiting is lost, and so is one
/// for which no thread can be started; losses are counted, and the count is reported once the thread has caught up.
package final class Worker<Item: Sendable>: Sendable {
    private let work: Work<Item>

    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes.
    ///   - capacity: items handed over and not yet handled, at least 1.
    ///   - idle: how long the thread waits for another item before it ends.
    ///   - handle: called on the thread, which has every signal blocked.
    ///   - reportLoss: called on the thread with the number of lost items, when none waits any more.
    package convenience init(
        _ name: String, capacity: Int = .max, idle: Duration = .seconds(5),
        handle: @escaping @Sendable (Item) -> Void, reportLoss: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.init(name, capacity: capacity, idle: idle, handle, reportLoss, startThread: Thread.start)
    }

    /// - Parameter startThread: starts a thread of this name; what it returns is 0 or an error number.
    init(
        _ name: String, capacity: Int = .max, idle: Duration,
        _ handle: @escaping @Sendable (Item) -> Void, _ reportLoss: @escaping @Sendable (Int) -> Void,
        startThread: @escaping @Sendable (String, @escaping @Sendable () -> Void) -> CInt
    ) {
        work = Work(
            queue: Monitor(WorkQueue(capacity: capacity)), name: name, idle: idle, handle: handle,
            reportLoss: reportLoss, startThread: startThread)
    }

    /// What was handed over is still handled.
    deinit {
        work.queue.change { $0.isClosed = true }
    }

    /// Hands over an item, in place of those waiting for which `isObsolete` is true. False when it was lost.
    @discardableResult
    package func submit(_ item: Item, replacing isObsolete: (Item) -> Bool = { _ in false }) -> Bool {
        work.queue.change { queue in
            queue.ensureThread(work.start)
            return queue.add(item, replacing: isObsolete)
        }
    }

    /// Waits until everything is handled and every loss reported; false when that takes longer than `limit`.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        work.queue.change { queue in
            if !queue.isIdle { queue.ensureThread(work.start) }
        }
        return work.queue.wait(within: limit) {
            $0.isIdle ? true : nil
        } late: { _ in
            false
        }
    }

    /// Whether the thread is there.
    var hasThread: Bool { work.queue.change { $0.hasThread } }
}

/// What a worker's thread works on; it lives as long as the thread, which may be longer than the worker.
private struct Work<Item: Sendable>: Sendable {
    let queue: Monitor<WorkQueue<Item>>
    let name: String
    let idle: Duration
    let handle: @Sendable (Item) -> Void
    let reportLoss: @Sendable (Int) -> Void
    let startThread: @Sendable (String, @escaping @Sendable () -> Void) -> CInt

    /// Called with the queue's lock held: the thread waits for it, and nobody can hand anything over in between.
    func start() -> Bool {
        startThread(name) { run() } == 0
    }

    private func run() {
        while true {
            let next = queue.wait(within: idle) {
                $0.next()
            } late: {
                $0.end()
            }
            switch next {
            case .handle(let items):
                for item in items {
                    handle(item)
                    queue.change { $0.finished() }
                }
            case .reportLoss(let count):
                reportLoss(count)
                queue.change { $0.reported() }
            case .end:
                return
            }
        }
    }
}

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

/// What a ``Worker`` has to do: a value, changed with the worker's lock held.
///
/// Items wait only while there is a thread that will come to them: it ends in the same step in which it finds nothing
/// to do, so none is ever left behind.
struct WorkQueue<Item> {
    enum Work {
        case handle([Item])
        case reportLoss(Int)
        case end
    }

    let capacity: Int
    var isClosed = false
    private(set) var hasThread = false
    private var waiting: [Item] = []
    /// Taken by the thread and not yet handled.
    private var taken = 0
    private var lost = 0
    private var isReporting = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isIdle: Bool { waiting.isEmpty && taken == 0 && lost == 0 && !isReporting }

    /// Has the thread started unless it runs. `start` returns whether that went well.
    mutating func ensureThread(_ start: () -> Bool) {
        if !hasThread { hasThread = start() }
    }

    /// False when the item is lost: too many wait, or there is no thread.
    mutating func add(_ item: Item, replacing isObsolete: (Item) -> Bool) -> Bool {
        waiting.removeAll(where: isObsolete)
        guard hasThread, waiting.count + taken < capacity else {
            lost += 1
            return false
        }
        waiting.append(item)
        return true
    }

    /// What the thread does next; `nil` when there is nothing to do. After `.end` there is no thread.
    mutating func next() -> Work? {
        if !waiting.isEmpty {
            defer { waiting.removeAll() }
            taken = waiting.count
            return .handle(waiting)
        }
        if lost > 0 {
            defer { lost = 0 }
            isReporting = true
            return .reportLoss(lost)
        }
        return isClosed ? end() : nil
    }

    /// The thread ends.
    mutating func end() -> Work {
        hasThread = false
        return .end
    }

    mutating func finished() {
        taken -= 1
    }

    mutating func reported() {
        isReporting = false
    }
}
