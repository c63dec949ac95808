import BearerLoop
import Glibc
import TestSupport

@testable import BearerClient

/// Plays the daemon: it takes one connection after the other and does what its script says, on a thread of its own.
/// Nobody listens any more once the script is done.
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
        /// The client has not closed within 20 s.
        case stillOpen
        /// The script is done.
        case done
    }

    let socket: String
    let events: AsyncStream<Event>
    private let directory: TemporaryDirectory
    private let gate = Pipe()
    private let log: AsyncStream<Event>.Continuation

    init(_ steps: Step..., in directory: TemporaryDirectory = TemporaryDirectory()) throws {
        self.directory = directory
        socket = "\(directory.path)/socket"
        (events, log) = AsyncStream.makeStream(of: Event.self)
        let listener = try listen(at: socket, backlog: 16)
        let failure = Thread.start("peer") { [self] in
            run(steps, listener)
            log.yield(.done)
            log.finish()
        }
        precondition(failure == 0, "no thread")
    }

    /// Lets a ``Step/pause`` end.
    func goOn() {
        gate.signal()
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
            let open = connection ?? accepted(from: listener)
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
        case .pause: gate.wait()
        case .awaitEnd:
            var byte: UInt8 = 0
            var count = 1
            while count > 0 { count = recv(connection, &byte, 1, 0) }
            log.yield(count == 0 || errno == ECONNRESET ? .ended : .stillOpen)
        case .close: break
        }
    }

    private func send(_ bytes: [UInt8], to connection: CInt) {
        // A blocking socket takes all of it, unless the client has closed.
        _ = Glibc.send(connection, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }
}
