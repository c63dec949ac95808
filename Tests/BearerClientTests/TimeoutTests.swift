import BearerLoop
import Glibc
import TestSupport
import Testing

@testable import BearerClient

@Suite("Waiting and giving up", .timeLimit(.minutes(1)))
struct TimeoutTests {
    /// Gives up soon.
    private static func givingUpSoon(_ socket: String) -> Bearerd {
        var bearerd = Bearerd(socket: socket)
        bearerd.grace = .milliseconds(200)
        return bearerd
    }

    @Test("a daemon that hangs is given up a little after `wait`, and its connection closed")
    func hang() async throws {
        let peer = try ScriptedPeer(.read, .awaitEnd)
        let start = ContinuousClock.now
        await #expect(throws: BearerError.timedOut) {
            try await Self.givingUpSoon(peer.socket).token(wait: .seconds(1))
        }
        let taken = ContinuousClock.now - start
        #expect(taken >= .milliseconds(1_200) && taken < .seconds(40))
        #expect(await peer.all().suffix(2) == [.ended, .done])
    }

    @Test("the second question has what is left of the time")
    func hangAfterLoss() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .awaitEnd)
        await #expect(throws: BearerError.timedOut) { try await Self.givingUpSoon(peer.socket).token(wait: .zero) }
        #expect(await peer.all().count == 4)
    }

    @Test("cancelling the task closes the connection")
    func cancellation() async throws {
        let peer = try ScriptedPeer(.read, .awaitEnd)
        let call = Task { () throws(BearerError) in try await Bearerd(socket: peer.socket).token(wait: .seconds(300)) }
        var events: [ScriptedPeer.Event] = []
        for await event in peer.events {
            if case .read = event { call.cancel() }
            events.append(event)
        }
        #expect(events.suffix(2) == [.ended, .done])
        await #expect(throws: BearerError.cancelled) { try await call.value }
    }

    @Test("a task that is cancelled already does not ask")
    func cancelledBefore() async throws {
        let peer = try ScriptedPeer(.read, .send(tokenLine("abc")))
        let call = Task { () throws(BearerError) in
            while !Task.isCancelled { await Task.yield() }
            return try await Bearerd(socket: peer.socket).token()
        }
        call.cancel()
        await #expect(throws: BearerError.cancelled) { try await call.value }
        _ = try await Bearerd(socket: peer.socket).token(wait: .zero)
        #expect(await peer.all() == [.read(#"{"op":"token","wait":0}"#), .done])
    }

    @Test("hundreds wait at once, and other tasks go on meanwhile")
    func many() async throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try listen(at: path, backlog: 16)
        defer { close(listener) }
        let count = 300
        let (asked, log) = AsyncStream.makeStream(of: [CInt].self)
        _ = Thread.start("peer") {
            let connections = (0..<count).map { _ in
                let connection = accepted(from: listener)
                _ = readLine(from: connection)
                return connection
            }
            log.yield(connections)
        }
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<count { group.addTask { try await Bearerd(socket: path).token().value } }
            // This task runs only because none of the others holds a thread.
            for await connections in asked {
                for connection in connections {
                    let line = tokenLine("abc")
                    _ = send(connection, line, line.utf8.count, CInt(MSG_NOSIGNAL))
                    close(connection)
                }
                break
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens == Array(repeating: "abc", count: count))
    }

    @Test("a full backlog is waited for")
    func fullBacklog() async throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try listen(at: path, backlog: 0)
        defer { close(listener) }
        let first = Task { try await Bearerd(socket: path).token().value }
        var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, 0) == 0 { await Task.yield() }
        await #expect(throws: BearerError.timedOut) { try await Self.givingUpSoon(path).token(wait: .zero) }
        let second = Task { try await Bearerd(socket: path).token().value }
        let (done, log) = AsyncStream.makeStream(of: Void.self)
        _ = Thread.start("peer") {
            for token in ["one", "two"] {
                let connection = accepted(from: listener)
                _ = readLine(from: connection)
                let line = tokenLine(token)
                _ = send(connection, line, line.utf8.count, CInt(MSG_NOSIGNAL))
                close(connection)
            }
            log.finish()
        }
        #expect(try await first.value == "one")
        #expect(try await second.value == "two")
        for await _ in done {}
    }
}
