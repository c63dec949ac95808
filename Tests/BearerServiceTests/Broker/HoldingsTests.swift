import AuthServerSimulator
import BearerConfiguration
import BearerCore
import Glibc
import Testing

@testable import BearerService

@Suite("What clients have us hold", .serialized, .timeLimit(.minutes(1))) struct HoldingsTests {
    @Test("half lines beyond the bound make room for the newest, the oldest first; who holds little stays")
    func room() async throws {
        var setup = BrokerSetup.withToken()
        setup.configuration.limits.requestBytes = Holdings.limit
        try await withBroker(setup) { test in
            let modest = try await test.connect()
            modest.sendRaw(#"{"op":"#)
            let other = try await test.connect()
            let share = Holdings.limit / 8
            var clients: [TestClient] = []
            for _ in 0..<12 {
                let client = try await test.connect()
                client.sendRaw(String(repeating: " ", count: share))
                clients.append(client)
                // What was sent has been read when this is answered.
                _ = try await other.ask(#"{"op":"ping"}"#)
            }
            await eventually("some are cut") { await test.broker.connectionCount < 14 }
            #expect(await clients[0].rest().isEmpty)
            let last = try #require(clients.last)
            last.sendRaw("{\"op\":\"ping\"}\n")
            #expect(try await last.line().contains("pong"))
            modest.sendRaw("\"ping\"}\n")
            #expect(try await modest.line().contains("pong"))
            #expect(test.log.entries(of: .connectionsLimited).count == 1)
            #expect(await test.broker.heldBytes <= Holdings.limit)
        }
    }

    @Test("replies that are not taken and requests that wait count, and nothing is left of who goes away")
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
