import BearerProtocol
import Glibc
import TestSupport
import Testing

@testable import BearerService

/// What a handler of requests is told and asked by the connections, in the cases that no whole broker shows.
@Suite("RequestHandler", .timeLimit(.minutes(1))) struct RequestHandlerTests {
    enum Held: CaseIterable { case waiting, watching }

    private func withHost(_ body: (RegistryHost) async throws -> Void) async throws {
        try await TestLoop.run { try await body(RegistryHost($0)) }
    }

    /// A client whose request is held.
    private func hold(_ held: Held, _ host: RegistryHost) async throws -> CInt {
        _ = try await host.handle { handler in
            switch held {
            case .waiting: handler.script = [.later(cancel: handler.cancel)]
            case .watching: handler.script = [.watching(first: nil, cancel: handler.cancel)]
            }
        }
        let client = try await host.connect()
        try await host.request(on: client)
        #expect(try await host.handle { $0.clients.count } == 1)
        return client
    }

    @Test(
        "a client that leaves cancels its request once; what is delivered or published then is dropped",
        arguments: Held.allCases)
    func leaving(held: Held) async throws {
        try await withHost { host in
            let client = try await hold(held, host)
            close(client)
            try await host.test.turns(4)
            #expect(try await host.handle { $0.cancellations } == 1)
            #expect(try await host.connectionCount == 0)
            let count = try await host.handle { handler in
                handler.clients[0].deliver(Array("late\n".utf8))
                handler.clients[0].publish(Array("late\n".utf8))
                handler.clients[0].closeWithError(ErrorReply(.serverError, "late"))
                handler.clients[0].cut()
                return handler.cancellations
            }
            #expect(count == 1)
        }
    }

    @Test(
        "an error that closes the connection cancels its request once; the client's end changes nothing",
        arguments: Held.allCases)
    func closing(held: Held) async throws {
        try await withHost { host in
            let client = try await hold(held, host)
            let count = try await host.handle { handler in
                handler.clients[0].closeWithError(ErrorReply(.accessDenied, "no more"))
                return handler.cancellations
            }
            #expect(count == 1)
            try await host.test.turns(4)
            #expect(received(client)?.contains("access_denied") == true)
            #expect(received(client) == nil)
            close(client)
            try await host.test.turns(4)
            #expect(try await host.handle { $0.cancellations } == 1)
            #expect(try await host.connectionCount == 0)
        }
    }

    @Test("a request that has its reply is not cancelled, and the next one is taken up after it")
    func delivered() async throws {
        try await withHost { host in
            let client = try await hold(.waiting, host)
            try await host.request(on: client)
            #expect(try await host.handle { $0.clients.count } == 1, "the next one waits")
            _ = try await host.handle { handler in
                for text in ["held\n", "again\n"] { handler.clients[0].deliver(Array(text.utf8)) }
            }
            try await host.test.turns(4)
            #expect(received(client) == "held\nreply 2\n")
            close(client)
            try await host.test.turns(4)
            #expect(try await host.handle { $0.cancellations } == 0)
        }
    }

    @Test("a request behind one that has its reply now is taken up in a turn of its own, not while the reply is given")
    func turnOfItsOwn() async throws {
        try await withHost { host in
            _ = try await host.handle { handler in handler.script = [.later(cancel: handler.cancel)] }
            let client = try await host.connect()
            let lines = String(repeating: "{\"op\":\"ping\"}\n", count: 2)
            #expect(send(client, lines, lines.utf8.count, CInt(MSG_NOSIGNAL)) == lines.utf8.count)
            try await host.test.turns(4)
            let asked = try await host.handle { handler in
                handler.clients[0].deliver(Array("held\n".utf8))
                return handler.clients.count
            }
            #expect(asked == 1)
            try await host.test.turns(4)
            #expect(received(client) == "held\nreply 2\n")
            close(client)
        }
    }

    @Test("a piece is asked for when the client has taken the one before; then the next request is answered")
    func pieces() async throws {
        try await withHost { host in
            let asked = Collected<Int>()
            // More than the kernel takes for a client that does not read.
            let size = 1 << 20
            let client = try await host.connect()
            _ = try await host.handle { handler in
                let piece = [UInt8](repeating: 0x61, count: size)
                handler.script = [
                    .inPieces(piece) {
                        asked.add(size)
                        return ReplyPiece(bytes: piece, isLast: asked.all.count == 2)
                    }
                ]
            }
            try await host.request(2, on: client)
            try await host.test.turns(20)
            #expect(asked.all.isEmpty, "the first is not taken yet")
            var count = 0
            var end = ""
            while end != "areply 2\n" {
                let text = try #require(received(client))
                count += text.utf8.count
                end = String((end + text).suffix(9))
                try await host.test.turns()
                // The kernel holds less than half a piece.
                #expect(asked.all.count <= (count + size / 2) / size)
            }
            #expect(asked.all.count == 2 && count == 3 * size + 8)
            close(client)
        }
    }

    @Test("a client that leaves in the middle of a long reply has no further piece made")
    func piecesOfLeaver() async throws {
        try await withHost { host in
            let asked = Collected<Void>()
            let client = try await host.connect()
            _ = try await host.handle { handler in
                let piece = [UInt8](repeating: 0x61, count: 1 << 20)
                handler.script = [
                    .inPieces(piece) {
                        asked.add(())
                        return ReplyPiece(bytes: piece, isLast: false)
                    }
                ]
            }
            try await host.request(on: client)
            close(client)
            try await host.test.turns(20)
            #expect(asked.all.isEmpty)
            #expect(try await host.connectionCount == 0)
        }
    }
}
