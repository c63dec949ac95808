internal import BearerProtocol
internal import Glibc

/// A connection to the daemon whose calls block the thread. It is closed with the last reference to it.
package final class BlockingConnection {
    private let socket: UnixSocket
    private var lines = DaemonLines()

    /// Connects to the socket at `place` and sends one request; a full backlog is waited for.
    init(_ place: SocketPlace, sending request: Request, until deadline: ContinuousClock.Instant) throws(BearerError) {
        socket = try UnixSocket(place)
        while try !socket.connect() {
            guard ContinuousClock.now < deadline else { throw .timedOut }
            usleep(useconds_t(UnixSocket.backlogPause / .microseconds(1)))
        }
        var bytes: [UInt8] = []
        request.encode(into: &bytes)
        var rest = bytes[...]
        socket.send(&rest)
        while !rest.isEmpty {
            try socket.block(for: .writable, until: deadline)
            socket.send(&rest)
        }
    }

    /// The next line without its ending, when it has come; nil when there are no more. Without a deadline it may take
    /// for ever.
    package func next(until deadline: ContinuousClock.Instant? = nil) throws(BearerError) -> [UInt8]? {
        while true {
            if let line = try lines.next() { return line }
            switch try socket.receive() {
            case .bytes(let bytes): lines.append(bytes)
            case .none: try socket.block(for: .readable, until: deadline)
            case .end: return nil
            }
        }
    }
}
