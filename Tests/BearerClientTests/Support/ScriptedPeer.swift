import Glibc
import Synchronization

@testable import BearerClient

/// What stands in for the daemon: it takes one connection after the other and does what its script says, on a thread of
/// its own. Nobody listens any more once the script is done.
final class ScriptedPeer: Sendable {
    enum Step: Sendable {
        /// Reads a line.
        case read
        case send(String)
        /// Sends byte by byte.
        case trickle(String)
        /// Waits until the test says ``ScriptedPeer/goOn()``.
        case pause
        /// Reads until the client has closed.
        case awaitEnd
        /// Closes, and takes the next connection.
        case close
    }

    enum Event: Sendable, Equatable {
        case read(String)
        /// The client has closed.
        case ended
        /// The client has not closed within the patience of ``acceptPatiently(_:)``.
        case stillOpen
        /// The script is done.
        case done
    }

    let socket: String
    let events: AsyncStream<Event>
    private let directory: TemporaryDirectory
    private let signals = Signals()
    private let log: AsyncStream<Event>.Continuation

    init(_ steps: Step..., in directory: TemporaryDirectory = TemporaryDirectory()) throws {
        self.directory = directory
        socket = "\(directory.path)/socket"
        (events, log) = AsyncStream.makeStream(of: Event.self)
        let listener = try listen(at: socket, backlog: 16)
        let failure = startThread { [self] in
            run(steps, listener)
            log.yield(.done)
            log.finish()
        }
        try check(-failure, "pthread_create")
    }

    /// Lets a ``Step/pause`` end.
    func goOn() {
        signals.send()
    }

    /// Every event, once the script is done.
    func all() async -> [Event] {
        await events.reduce(into: []) { $0.append($1) }
    }

    private func run(_ steps: [Step], _ listener: CInt) {
        var connection: CInt?
        for step in steps {
            if case .close = step {
                if let open = connection { Glibc.close(open) }
                connection = nil
                continue
            }
            let open = connection ?? acceptPatiently(listener)
            connection = open
            perform(step, on: open)
        }
        Glibc.close(listener)
        unlink(socket)
        if let connection { Glibc.close(connection) }
    }

    private func perform(_ step: Step, on connection: CInt) {
        switch step {
        case .read: log.yield(.read(readLine(from: connection)))
        case .send(let text): send(Array(text.utf8), to: connection)
        case .trickle(let text): for byte in text.utf8 { send([byte], to: connection) }
        case .pause: signals.wait()
        case .awaitEnd:
            var byte: UInt8 = 0
            var count = 1
            while count > 0 { count = recv(connection, &byte, 1, 0) }
            log.yield(count == 0 || errno == ECONNRESET ? .ended : .stillOpen)
        case .close: break
        }
    }

    private func send(_ bytes: [UInt8], to connection: CInt) {
        var rest = bytes[...]
        while case let count = rest.withUnsafeBytes({
            Glibc.send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }),
            count > 0
        {
            rest = rest.dropFirst(count)
        }
    }
}

/// Counts what was sent and not yet waited for.
private final class Signals: Sendable {
    private let pipe: (reader: CInt, writer: CInt)

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(Glibc.pipe(&ends) == 0, "no pipe")
        pipe = (ends[0], ends[1])
    }

    deinit {
        close(pipe.reader)
        close(pipe.writer)
    }

    func send() {
        _ = write(pipe.writer, "x", 1)
    }

    func wait() {
        var byte: UInt8 = 0
        _ = read(pipe.reader, &byte, 1)
    }
}
