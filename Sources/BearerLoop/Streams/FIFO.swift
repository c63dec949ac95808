/// A queue: first in, first out.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var first = 0

    var isEmpty: Bool { first == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        if isEmpty {
            elements.removeAll(keepingCapacity: elements.count <= Self.kept)
            first = 0
        } else if first >= Self.kept, first * 2 > elements.count {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }

    /// Room that an empty queue keeps.
    private static var kept: Int { 256 }
}
