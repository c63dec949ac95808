internal import BearerProtocol
internal import Synchronization

/// A connection to the daemon: a request out, lines in. It is closed with the last reference to it; let go of it when
/// an error was thrown.
package final class LineConnection: Sendable {
    private let socket: UnixSocket
    private let lines = Mutex(LineAssembler(limit: longestLine))

    /// Bytes; far more than the status of a thousand profiles.
    private static let longestLine = 1 << 20

    private init(_ socket: UnixSocket) {
        self.socket = socket
    }

    /// Connects to the socket at `place` and sends one request.
    static func open(
        _ place: SocketPlace, sending request: Request, until deadline: ContinuousClock.Instant
    ) async throws(BearerError) -> LineConnection {
        guard !Task.isCancelled else { throw .cancelled }
        let socket = try await UnixSocket.connect(to: place, until: deadline)
        var bytes: [UInt8] = []
        request.encode(into: &bytes)
        try await socket.send(bytes, until: deadline)
        return LineConnection(socket)
    }

    /// The next line without its ending, when it has come; nil when there are no more. Without a deadline it may take
    /// for ever.
    package func next(until deadline: ContinuousClock.Instant? = nil) async throws(BearerError) -> [UInt8]? {
        while true {
            switch try look() {
            case .line(let line): return line
            case .end: return nil
            case .nothing: try await socket.waitForArrival(until: deadline)
            }
        }
    }

    /// The next line if it has come already.
    func nextAtHand() throws(BearerError) -> [UInt8]? {
        if case .line(let line) = try look() { line } else { nil }
    }

    private enum Finding {
        case line([UInt8])
        /// It is not there yet.
        case nothing
        case end
    }

    private func look() throws(BearerError) -> Finding {
        while true {
            if let line = try takeLine() { return .line(line) }
            switch try socket.receive() {
            case .bytes(let bytes): lines.withLock { lines in bytes.withUnsafeBytes { lines.append($0) } }
            case .none: return .nothing
            case .end: return .end
            }
        }
    }

    private func takeLine() throws(BearerError) -> [UInt8]? {
        let line: Result<[UInt8]?, BearerError> = lines.withLock { lines in
            switch lines.next() {
            case .complete(let line): .success(Array(line))
            case .tooLarge: .failure(.unexpectedReply("a line of more than \(Self.longestLine) bytes"))
            case nil: .success(nil)
            }
        }
        return try line.get()
    }
}
