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
