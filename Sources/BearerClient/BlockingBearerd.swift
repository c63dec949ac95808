package import BearerProtocol
internal import Glibc

/// The bearerd of this host, for a program that has nothing to do until the answer is there: each call blocks the
/// thread, and no other thread is started, which takes longer than most answers.
///
/// It asks as ``Bearerd`` does: with the same time limits, and once more when the connection is lost.
package struct BlockingBearerd {
    private let named: String?
    private let grace: Duration

    /// - Parameters:
    ///   - socket: the path of the daemon's socket; by default it is looked for as ``Bearerd/socket`` says.
    ///   - grace: what a daemon that is busy, or just restarts, may take beyond the `wait` of a request.
    package init(socket: String? = nil, grace: Duration = .seconds(5)) {
        named = socket
        self.grace = grace
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
    ///
    /// - Parameter limit: how long it may take to connect, when the daemon's backlog is full; by default as long as an
    ///   answer may take.
    package func open(_ operation: Operation, within limit: Duration? = nil) throws(BearerError) -> BlockingConnection {
        try open(operation, until: ContinuousClock.now + (limit ?? operation.limit(grace: grace)))
    }

    private func open(
        _ operation: Operation, until deadline: ContinuousClock.Instant
    ) throws(BearerError) -> BlockingConnection {
        try BlockingConnection(SocketLocation().find(named: named), sending: Request(operation), until: deadline)
    }
}

/// A connection to the daemon whose calls block the thread, but for ``look()``. It is closed with the last reference to it.
package final class BlockingConnection {
    private let socket: UnixSocket
    private var lines = DaemonLines()

    /// For poll(2) and epoll(7): readable when ``look()`` may find something.
    package var descriptor: CInt { socket.descriptor }

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
            switch try look() {
            case .line(let line): return line
            case .end: return nil
            case .nothing: try socket.block(for: .readable, until: deadline)
            }
        }
    }

    /// What has come already.
    package func look() throws(BearerError) -> LineArrival { try lines.look(in: socket) }
}
