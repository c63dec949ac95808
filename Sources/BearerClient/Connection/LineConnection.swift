internal import BearerProtocol
internal import Synchronization

/// A connection to the daemon: a request out, lines in. It is closed with the last reference to it; let go of it when
/// an error was thrown.
final class LineConnection: Sendable {
    private let socket: UnixSocket
    private let lines = Mutex(DaemonLines())

    private init(_ socket: UnixSocket) {
        self.socket = socket
    }

    /// Connects to the socket at `place` and sends one request; a full backlog is waited for.
    static func open(
        _ place: SocketPlace, sending request: Request, until deadline: ContinuousClock.Instant
    ) async throws(BearerError) -> LineConnection {
        guard !Task.isCancelled else { throw .cancelled }
        let socket = try UnixSocket(place)
        while try !socket.connect() {
            guard ContinuousClock.now < deadline else { throw .timedOut }
            do { try await Task.sleep(for: UnixSocket.backlogPause) } catch { throw .cancelled }
        }
        var bytes: [UInt8] = []
        request.encode(into: &bytes)
        var rest = bytes[...]
        socket.send(&rest)
        while !rest.isEmpty {
            try await socket.wait(for: .writable, until: deadline)
            socket.send(&rest)
        }
        return LineConnection(socket)
    }

    /// The next line without its ending, when it has come; nil when there are no more. Without a deadline it may take
    /// for ever.
    func next(until deadline: ContinuousClock.Instant? = nil) async throws(BearerError) -> [UInt8]? {
        while true {
            switch try look() {
            case .line(let line): return line
            case .end: return nil
            case .nothing: try await socket.wait(for: .readable, until: deadline)
            }
        }
    }

    /// The next line if it has come already.
    func nextAtHand() throws(BearerError) -> [UInt8]? {
        if case .line(let line) = try look() { line } else { nil }
    }

    private func look() throws(BearerError) -> LineArrival {
        try lines.withLock { (lines) throws(BearerError) in try lines.look(in: socket) }
    }
}

/// What a look for the next line finds.
package enum LineArrival: Sendable, Equatable {
    /// A line, without its ending.
    case line([UInt8])
    /// It is not there yet.
    case nothing
    /// There are no more.
    case end
}

/// The lines that come from the daemon.
struct DaemonLines: ~Copyable, Sendable {
    private var assembler = LineAssembler(limit: longest)

    /// Bytes; far more than the status of a thousand profiles.
    private static let longest = 1 << 20

    /// The next line, as far as it has come.
    mutating func look(in socket: UnixSocket) throws(BearerError) -> LineArrival {
        while true {
            if let line = try next() { return .line(line) }
            switch try socket.receive() {
            case .bytes(let bytes): append(bytes)
            case .none: return .nothing
            case .end: return .end
            }
        }
    }

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { assembler.append($0) }
    }

    /// The next line without its ending; nil when it has not come whole.
    mutating func next() throws(BearerError) -> [UInt8]? {
        switch assembler.next() {
        case .complete(let line): Array(line)
        case .tooLarge: throw .unexpectedReply("a line of more than \(Self.longest) bytes")
        case nil: nil
        }
    }
}
