package import BearerProtocol
internal import Glibc

/// The bearerd of this host, for a program that has nothing to do until the answer is there: each call blocks the
/// thread, and no other thread is started, which takes longer than most answers.
///
/// It asks as ``Bearerd`` does: with the same time limits, and once more when the connection is lost.
package struct BlockingBearerd {
    private let named: String?
    /// What a daemon that is busy, or just restarts, may take beyond the `wait` of a request.
    var grace = Duration.seconds(5)

    /// - Parameter socket: the path of the daemon's socket; by default it is looked for as ``Bearerd/socket`` says.
    package init(socket: String? = nil) {
        named = socket
    }

    /// Asks and returns the reply's line, without its ending.
    package func line(answering operation: Operation) throws(BearerError) -> [UInt8] {
        let deadline = ContinuousClock.now + operation.limit(grace: grace)
        if let line = try open(operation, until: deadline).next(until: deadline) { return line }
        guard operation.canBeRepeated, let line = try open(operation, until: deadline).next(until: deadline) else {
            throw .connectionLost
        }
        return line
    }

    /// Sends a request whose reply is many lines.
    package func open(_ operation: Operation) throws(BearerError) -> BlockingConnection {
        try open(operation, until: ContinuousClock.now + operation.limit(grace: grace))
    }

    private func open(
        _ operation: Operation, until deadline: ContinuousClock.Instant
    ) throws(BearerError) -> BlockingConnection {
        try BlockingConnection(SocketLocation().find(named: named), sending: Request(operation), until: deadline)
    }
}

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
