/// Streams that share one place among all: those of one user. However many of them have something to do, the streams of
/// other groups wait for one of them at most.
package final class StreamGroup {
    /// Those that have something to do, first in, first out.
    @exclusivity(unchecked) fileprivate var ready = FIFO<SocketStream>()

    package init() {}
}

/// Streams that have something to do: one of each ``StreamGroup`` after the other.
struct ReadyStreams {
    private var groups = FIFO<StreamGroup>()

    var isEmpty: Bool { groups.isEmpty }

    mutating func append(_ stream: SocketStream) {
        let group = stream.group
        if group.ready.isEmpty { groups.append(group) }
        group.ready.append(stream)
    }

    mutating func next() -> SocketStream? {
        guard let group = groups.popFirst() else { return nil }
        let stream = group.ready.popFirst()
        if !group.ready.isEmpty { groups.append(group) }
        return stream
    }
}

/// Streams for which the kernel may keep more than a little: few enough to bound what it keeps on our account for
/// clients that read nothing.
struct KernelMemory {
    /// Each may have a turn's replies kept.
    static let most = 256

    private var streams = FIFO<SocketStream>()
    private var members: Set<ObjectIdentifier> = []

    /// Has `stream` among them, in the place of one that has taken everything if they are many.
    mutating func admit(_ stream: SocketStream) -> Bool {
        if members.contains(ObjectIdentifier(stream)) { return true }
        if members.count == Self.most, let oldest = streams.popFirst() {
            guard !oldest.isOpen || oldest.isTaken else {
                streams.append(oldest)
                return false
            }
            members.remove(ObjectIdentifier(oldest))
        }
        members.insert(ObjectIdentifier(stream))
        streams.append(stream)
        return true
    }
}

/// A queue: first in, first out.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var first = 0

    var isEmpty: Bool { first == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        // A queue of one is the usual one.
        if elements.count == 1, first == 0 { return elements.removeLast() }
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
