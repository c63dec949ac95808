/// Streams that have more to do than their share of a turn, first in, first out. One that is closed meanwhile is skipped.
struct WaitingStreams {
    private var streams: [SocketStream?] = []
    private var first = 0

    var isEmpty: Bool { first == streams.count }

    mutating func append(_ stream: SocketStream) {
        streams.append(stream)
    }

    mutating func next() -> SocketStream? {
        while let stream = popFirst() {
            if stream.isOpen { return stream }
        }
        return nil
    }

    private mutating func popFirst() -> SocketStream? {
        guard !isEmpty else { return nil }
        let stream = streams[first]
        streams[first] = nil
        first += 1
        if first * 2 > streams.count {
            streams.removeFirst(first)
            first = 0
        }
        return stream
    }
}
