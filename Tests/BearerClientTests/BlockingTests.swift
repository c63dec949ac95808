import BearerCore
import BearerLoop
import BearerProtocol
import Glibc
import TestSupport
import Testing

@testable import BearerClient

@Suite("Asking with calls that block", .timeLimit(.minutes(1)))
struct BlockingTests {
    private static let token = Operation.token(TokenRequest())

    /// Asks on a thread of its own, and gives up soon.
    private static func ask(_ operation: Operation, at socket: String) async -> Result<String, BearerError> {
        await withCheckedContinuation { continuation in
            let failure = Thread.start("peer") {
                let bearerd = BlockingBearerd(socket: socket, grace: .seconds(1))
                let answer = Result { () throws(BearerError) in
                    String(decoding: try bearerd.line(answering: operation), as: UTF8.self)
                }
                continuation.resume(returning: answer)
            }
            precondition(failure == 0, "no thread")
        }
    }

    @Test("a line as the daemon wrote it, in pieces too")
    func line() async throws {
        let line = tokenLine("abc")
        let peer = try ScriptedPeer(.read, .trickle(line), .awaitEnd)
        #expect(await Self.ask(Self.token, at: peer.socket) == .success(String(line.dropLast())))
        #expect(await peer.all() == [.read(askForToken), .ended, .done])
    }

    @Test("a lost connection is made once more, and not a third time")
    func lost() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .send(tokenLine("abc")), .close, .read, .close, .read, .close)
        #expect(await Self.ask(Self.token, at: peer.socket) == .success(String(tokenLine("abc").dropLast())))
        #expect(await Self.ask(Self.token, at: peer.socket) == .failure(.connectionLost))
        #expect(await peer.all() == Array(repeating: .read(askForToken), count: 4) + [.done])
    }

    @Test("register is not asked for once more")
    func register() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .send(tokenLine("abc")))
        let answer = await Self.ask(.register(profile: nil, force: true), at: peer.socket)
        #expect(answer == .failure(.connectionLost))
        _ = await Self.ask(Self.token, at: peer.socket)
        #expect(await peer.all() == [.read(#"{"op":"register","force":true}"#), .read(askForToken), .done])
    }

    @Test("a daemon that hangs is given up a little after `wait`, and its connection closed")
    func hang() async throws {
        let peer = try ScriptedPeer(.read, .awaitEnd)
        let start = ContinuousClock.now
        let answer = await Self.ask(.token(TokenRequest(wait: .seconds(1))), at: peer.socket)
        #expect(answer == .failure(.timedOut))
        let taken = ContinuousClock.now - start
        #expect(taken >= .seconds(2) && taken < .seconds(20))
        #expect(await peer.all().suffix(2) == [.ended, .done])
    }

    @Test("so is one that takes no connection, and one that takes no request")
    func deaf() async throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try listen(at: path, backlog: 0)
        defer { close(listener) }
        let long = Operation.renew(RenewRequest(rejected: Secret(String(repeating: "x", count: 1 << 20)), wait: .zero))
        #expect(await Self.ask(long, at: path) == .failure(.timedOut))
        // Nobody has taken that one, and so the backlog is full.
        #expect(await Self.ask(.token(TokenRequest(wait: .zero)), at: path) == .failure(.timedOut))
    }

    @Test("a full backlog is waited for")
    func fullBacklog() async throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try listen(at: path, backlog: 0)
        let first = try UnixSocket(SocketPlace(path: path))
        #expect(try first.connect())
        let second = try UnixSocket(SocketPlace(path: path))
        #expect(try !second.connect())
        async let answer = Self.ask(Self.token, at: path)
        close(accepted(from: listener))
        let connection = accepted(from: listener)
        #expect(readLine(from: connection) == askForToken)
        _ = send(connection, "{}\n", 3, CInt(MSG_NOSIGNAL))
        #expect(await answer == .success("{}"))
        close(connection)
        close(listener)
    }

    @Test("many lines, until the daemon ends the connection")
    func lines() async throws {
        let peer = try ScriptedPeer(.read, .send("1\n2"), .pause, .send("\n3\n4"))
        let connection = try BlockingBearerd(socket: peer.socket).open(.watch(profile: nil))
        #expect(try connection.next() == Array("1".utf8))
        peer.goOn()
        #expect(try connection.next() == Array("2".utf8))
        #expect(try connection.next() == Array("3".utf8))
        #expect(try connection.next() == nil)
    }
}
