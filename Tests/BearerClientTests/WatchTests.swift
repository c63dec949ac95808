import TestSupport
import Testing

@testable import BearerClient

@Suite("Watching", .timeLimit(.minutes(1)))
struct WatchTests {
    private static let ask = ScriptedPeer.Event.read(#"{"op":"watch"}"#)

    @Test("tokens as they come, then trouble, then the next token")
    func updates() async throws {
        let peer = try ScriptedPeer(
            .read, .send(tokenLine("a", generation: 1)), .pause, .send(errorLine("temporarily_unavailable")), .pause,
            .send(tokenLine("b", generation: 2)), .awaitEnd)
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        #expect(try await updates.next()?.token == "a")
        peer.goOn()
        #expect(try await updates.next()?.code == .temporarilyUnavailable)
        peer.goOn()
        let last = try await updates.next()
        #expect(last?.token == "b")
        if case .token(let token) = last { #expect(token.generation == 2) }
    }

    @Test("a daemon that restarts is found again, and its token is reported only if it is another")
    func restart() async throws {
        let peer = try ScriptedPeer(
            .read, .send(tokenLine("a", generation: 1)), .pause, .close,
            .read, .send(tokenLine("a", generation: 1)), .close,
            .read, .send(tokenLine("b", generation: 2)), .awaitEnd)
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        #expect(try await updates.next()?.token == "a")
        peer.goOn()
        #expect(try await updates.next()?.token == "b")
        updates = Bearerd(socket: "/nowhere").watch().makeAsyncIterator()
        #expect(await peer.all() == [Self.ask, Self.ask, Self.ask, .ended, .done])
    }

    @Test("the absence of the daemon is reported once, and the token again when there is a daemon")
    func absence() async throws {
        let directory = TemporaryDirectory()
        var updates = Bearerd(socket: "\(directory.path)/socket").watch().makeAsyncIterator()
        #expect(try await updates.next()?.isUnavailable == true)
        let peer = try ScriptedPeer(.read, .send(tokenLine("a")), in: directory)
        #expect(try await updates.next()?.token == "a")
        _ = await peer.all()
        #expect(try await updates.next()?.isUnavailable == true)
        let other = try ScriptedPeer(.read, .send(tokenLine("a")), .pause, in: directory)
        #expect(try await updates.next()?.token == "a")
        other.goOn()
    }

    @Test("when upstream is tried again is no reason to connect late; an error about too many connections is")
    func retryAfter() async throws {
        let peer = try ScriptedPeer(
            .read, .send(errorLine("temporarily_unavailable", retryAfter: 30)), .close, .read,
            .send(errorLine("slow_down", retryAfter: 1)), .close, .read, .send(tokenLine("a")))
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        #expect(try await updates.next()?.code == .temporarilyUnavailable)
        let start = ContinuousClock.now
        #expect(try await updates.next()?.code == .slowDown)
        #expect(ContinuousClock.now - start < .seconds(30))
        let denied = ContinuousClock.now
        #expect(try await updates.next()?.token == "a")
        #expect(ContinuousClock.now - denied >= .seconds(1))
    }

    @Test("after an error that leaves no watch on the connection, it connects again")
    func noWatch() async throws {
        let peer = try ScriptedPeer(
            .read, .send(errorLine("server_error")), .awaitEnd, .close, .read, .send(tokenLine("a")))
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        #expect(try await updates.next()?.code == .serverError)
        let start = ContinuousClock.now
        #expect(try await updates.next()?.token == "a")
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(
        "what waiting does not help ends it",
        arguments: [BearerError.Code.accessDenied, .unknownProfile, .invalidRequest])
    func fatal(code: BearerError.Code) async throws {
        let peer = try ScriptedPeer(.read, .send(errorLine(code.rawValue)), .awaitEnd)
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        do throws(BearerError) {
            let update = try await updates.next()
            Issue.record("\(update.map { "\($0)" } ?? "the end") instead of an error")
        } catch {
            #expect(error == .refused(code, description: "because", retryAfter: nil))
        }
        let end = try await updates.next()
        #expect(end == nil)
        #expect(await peer.all() == [Self.ask, .ended, .done])
    }

    @Test("a reader that is slow gets the newest only")
    func newest() async throws {
        let peer = try ScriptedPeer(
            .read, .send(tokenLine("a")), .pause,
            .send(tokenLine("b") + errorLine("temporarily_unavailable") + tokenLine("c")), .pause)
        var updates = Bearerd(socket: peer.socket).watch().makeAsyncIterator()
        #expect(try await updates.next()?.token == "a")
        peer.goOn()
        #expect(try await updates.next()?.token == "c")
        peer.goOn()
    }

    @Test("cancelling the task closes the connection and ends the sequence")
    func cancellation() async throws {
        let peer = try ScriptedPeer(.read, .send(tokenLine("a")), .awaitEnd)
        let (received, log) = AsyncStream.makeStream(of: String?.self)
        let watch = Task {
            for try await update in Bearerd(socket: peer.socket).watch() { log.yield(update.token) }
        }
        for await token in received {
            #expect(token == "a")
            break
        }
        watch.cancel()
        try await watch.value
        #expect(await peer.all() == [Self.ask, .ended, .done])
    }

    @Test("cancelling ends a pause between two connections")
    func cancellationWithoutDaemon() async throws {
        let (received, log) = AsyncStream.makeStream(of: Bool.self)
        let watch = Task {
            for try await update in Bearerd(socket: "/nowhere").watch() { log.yield(update.isUnavailable) }
        }
        for await isUnavailable in received {
            #expect(isUnavailable)
            break
        }
        watch.cancel()
        try await watch.value
    }
}

extension TokenUpdate {
    fileprivate var token: String? {
        if case .token(let token) = self { token.value } else { nil }
    }

    fileprivate var code: BearerError.Code? {
        if case .trouble(let error) = self { error.code } else { nil }
    }

    fileprivate var isUnavailable: Bool {
        if case .trouble(.unavailable) = self { true } else { false }
    }
}
