import AuthServerSimulator
import BearerConfiguration
import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("What clients have us hold", .serialized, .timeLimit(.minutes(1))) struct ClientBuffersTests {
    @Test(
        "the user that has us hold most makes room, its newest connections first; other users and clients that hold little stay"
    )
    func room() async throws {
        var setup = BrokerSetup.withToken()
        setup.configuration.limits.requestBytes = ClientBuffers.limit
        // The half lines stay for as long as the test takes.
        setup.configuration.limits.lineTimeout = .seconds(300)
        try await withBroker(setup, prepare: { $0.server.script(.token, [], then: .hang) }) { test in
            let modest = try await test.connect()
            modest.sendRaw(#"{"op":"#)
            let share = ClientBuffers.limit / 8
            // Others, one of whom waits, since long before, with a long id.
            let waiting = try await test.connect(as: .user(2000))
            let long = String(repeating: "x", count: 10_000)
            waiting.send(#"{"op":"renew","rejected":"\#(Canary.token)","wait":300,"id":"\#(long)"}"#)
            let other = try await test.connect(as: .user(2001))
            other.sendRaw(String(repeating: " ", count: share))
            await eventually("both are held") { await test.broker.heldBytes > 10_000 + share }
            let asker = try await test.connect()
            var clients: [TestClient] = []
            for _ in 0..<12 {
                let client = try await test.connect()
                client.sendRaw(String(repeating: " ", count: share))
                clients.append(client)
                // What was sent has been read when this is answered.
                _ = try await asker.ask(#"{"op":"ping"}"#)
            }
            await eventually("some are cut") { await test.broker.connectionCount < 16 }
            #expect(await test.broker.waiterCount() == 1)
            let last = try #require(clients.last)
            #expect(await last.rest().isEmpty)
            for stays in [clients[0], other] {
                stays.sendRaw("{\"op\":\"ping\"}\n")
                #expect(try await stays.line().contains("pong"))
            }
            modest.sendRaw("\"ping\"}\n")
            #expect(try await modest.line().contains("pong"))
            #expect(test.log.entries(of: .connectionsLimited).count == 1)
            #expect(await test.broker.heldBytes <= ClientBuffers.limit)
        }
    }

    @Test("replies that are not taken and requests that wait count, and nothing is left of clients that leave")
    func counted() async throws {
        try await withBroker(.withToken()) { test in
            let long = String(repeating: "x", count: 10_000)
            let watcher = try await test.connect()
            watcher.send(#"{"op":"watch","id":"\#(long)"}"#)
            #expect(try await watcher.line().count > 10_000)
            await eventually("the watch counts") { await test.broker.heldBytes >= 10_000 }
            let deaf = try await test.deafClient()
            await eventually("the replies count") { await test.broker.heldBytes > 11_000 }
            await watcher.close()
            await deaf.close()
            await eventually("nothing is left") { await test.broker.heldBytes == 0 }
        }
    }

    @Test("clients that leave when they have their replies, with a request still to be answered, leave no trace")
    func gone() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let waiting = #"{"op":"token","wait":300,"id":"\#(String(repeating: "x", count: 4_000))"}"#
            // As many as are answered in a turn: what comes after them is another turn's.
            let lines = Array(repeating: #"{"op":"ping"}"#, count: ConnectionLimits.linesATurn - 1) + [waiting]
            for _ in 0..<300 {
                let client = try await test.connect()
                client.sendRaw(lines.map { $0 + "\n" }.joined())
                for _ in 1..<lines.count { _ = try await client.line() }
                await client.close()
            }
            await eventually("they are gone") { await test.broker.connectionCount == 0 }
            try await test.turns(4)
            #expect(await test.broker.heldBytes == 0)
            #expect(await test.broker.waiterCount() == 0)
        }
    }

    @Test("an honest client counts for nothing")
    func honest() async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            for _ in 0..<100 { _ = try await client.ask(#"{"op":"token"}"#) }
            #expect(await test.broker.heldBytes == 0)
        }
    }
}
