/// What a ``SerialWorker`` has to do: a value, changed with the worker's lock held.
struct WorkQueue<Item> {
    enum Work {
        case handle([Item])
        case reportLoss(Int)
        case end
    }

    let capacity: Int
    var isClosed = false
    private var waiting: [Item] = []
    /// Taken by the thread and not yet handled.
    private var inHand = 0
    private var lost = 0
    private var isReporting = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isIdle: Bool { waiting.isEmpty && inHand == 0 && lost == 0 && !isReporting }

    mutating func add(_ item: Item, replacing isObsolete: (Item) -> Bool) -> Bool {
        waiting.removeAll(where: isObsolete)
        guard waiting.count + inHand < capacity else {
            lost += 1
            return false
        }
        waiting.append(item)
        return true
    }

    /// What the thread does next; `nil` when there is nothing to do.
    mutating func next() -> Work? {
        if !waiting.isEmpty {
            defer { waiting.removeAll() }
            inHand = waiting.count
            return .handle(waiting)
        }
        if lost > 0 {
            defer { lost = 0 }
            isReporting = true
            return .reportLoss(lost)
        }
        return isClosed ? .end : nil
    }

    mutating func finished() {
        inHand -= 1
    }

    mutating func reported() {
        isReporting = false
    }
}
