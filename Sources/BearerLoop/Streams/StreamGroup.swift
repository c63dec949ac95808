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
