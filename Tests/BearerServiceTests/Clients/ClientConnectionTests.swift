import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerProtocol
import Glibc
import NIOCore
import TestSupport
import Testing

@testable import BearerService

@Suite("A client's connection", .serialized, .timeLimit(.minutes(1))) struct ClientConnectionTests {
    private func withLimits(
        _ change: (inout LimitsConfiguration) -> Void, _ body: (TestBroker) async throws -> Void
    ) async throws {
        var setup = BrokerSetup.withToken()
        change(&setup.configuration.limits)
        try await withBroker(setup, body)
    }

    @Test("replies come in the order of their requests, also behind one that waits and one that is wrong")
    func order() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(200))]) }) { test in
            let client = try await test.connect()
            client.send(
                #"{"op":"ping","id":1}"#, #"{"op":"token","id":2}"#, "x", #"{"op":"ping","id":4}"#,
                #"{"op":"token","profile":"x","id":5}"#, #"{"op":"token","id":6}"#)
            #expect(try await client.line().contains("pong"))
            #expect(try await client.line().hasSuffix(#""id":2}"#))
            #expect(try await client.reply().error().code == .invalidRequest)
            for id in 4...6 { #expect(try await client.line().hasSuffix(#""id":\#(id)}"#)) }
        }
    }

    @Test("requests arrive in pieces, with either line ending, and the last one without", arguments: [1, 2, 7])
    func pieces(size: Int) async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            let text = "{\"op\":\"ping\",\"id\":1}\r\n{\"op\":\"ping\",\"id\":2}\n{\"op\":\"token\",\"id\":3}"
            var rest = text[...]
            while !rest.isEmpty {
                client.sendRaw(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            client.endInput()
            let lines = String(decoding: await client.rest(), as: UTF8.self).split(separator: "\n")
            #expect(lines.map { $0.suffix(7) } == [#""id":1}"#, #""id":2}"#, #""id":3}"#])
        }
    }

    @Test(
        "garbage is answered line by line, and the connection goes on",
        arguments: [
            "", "null", "[]", "{\"op\":\"token\"", "\u{0}", "{\"op\":\"token\",\"porfile\":\"x\"}",
        ])
    func garbage(line: String) async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            #expect(try await client.ask(line).error().code == .invalidRequest)
            _ = try await client.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test("random bytes never stop the daemon or another client", arguments: 0..<5)
    func fuzz(seed: UInt64) async throws {
        try await withBroker(.withToken()) { test in
            var random = SeededGenerator(seed: seed)
            for _ in 0..<20 {
                let client = try await test.connect()
                let bytes = (0..<Int.random(in: 0..<3000, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                _ = client.sendWhatFits(bytes)
                client.endInput()
                for line in await client.rest().split(separator: UInt8(ascii: "\n")) {
                    #expect(try Reply.parse(line: line).error().code == .invalidRequest)
                }
            }
            _ = try await test.connect().ask(#"{"op":"token"}"#).token()
            await eventually("all are closed") { await test.broker.connectionCount == 1 }
        }
    }

    @Test("a request that is too large is an error, and the connection is closed", arguments: [false, true])
    func tooLarge(isFinished: Bool) async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            client.send(#"{"op":"ping"}"#)
            client.sendRaw(String(repeating: "x", count: 100_000) + (isFinished ? "\n{\"op\":\"ping\"}\n" : ""))
            #expect(try await client.line().contains("pong"))
            let error = try await client.reply().error()
            #expect(error.code == .requestTooLarge && error.description.contains("16384"))
            #expect(await client.rest().isEmpty)
            await eventually("it is closed") { await test.broker.connectionCount == 0 }
        }
    }

    @Test("a line that is not finished in time is an error, and the end; an idle connection is not")
    func lineTimeout() async throws {
        try await withLimits {
            $0.lineTimeout = .milliseconds(100)
        } _: { test in
            let idle = try await test.connect()
            _ = try await idle.ask(#"{"op":"ping"}"#)
            let client = try await test.connect()
            client.sendRaw("{\"op\":\"ping\"}\n{\"op\"")
            #expect(try await client.line().contains("pong"))
            #expect(try await client.reply().error().code == .invalidRequest)
            #expect(await client.rest().isEmpty)
            _ = try await idle.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test("a line that its end of file finished is not timed out while it waits")
    func lineTimeoutAfterEnd() async throws {
        var setup = BrokerSetup()
        setup.configuration.limits.lineTimeout = .milliseconds(400)
        try await withBroker(setup, prepare: { $0.server.script(.register, [.delay(.seconds(1))]) }) { test in
            let client = try await test.connect()
            client.sendRaw(#"{"op":"token","wait":60}"#)
            _ = try await test.connect().ask(#"{"op":"ping"}"#)
            client.endInput()
            _ = try await client.reply().token()
        }
    }

    @Test(
        "one connection too many is rejected with an error and closed, and room comes back", arguments: [false, true])
    func limits(isOfUser: Bool) async throws {
        try await withLimits {
            $0.connections = isOfUser ? 100 : 2
            $0.connectionsPerUser = isOfUser ? 2 : 100
        } _: { test in
            let first = try await test.connect()
            let second = try await test.connect()
            _ = try await second.ask(#"{"op":"ping"}"#)
            let third = try await test.connect()
            let error = try await third.reply().error()
            #expect(error.code == .slowDown && error.retryAfter == .seconds(1))
            #expect(await third.rest().isEmpty)
            if isOfUser { _ = try await test.connect(as: .user(1001)).ask(#"{"op":"token"}"#).token() }
            await first.close()
            await eventually("there is room") { await test.broker.connectionCount == (isOfUser ? 2 : 1) }
            _ = try await test.connect().ask(#"{"op":"token"}"#).token()
            #expect(test.log.entries(of: .connectionsLimited).count == 1)
        }
    }

    @Test(
        "with few descriptors a user has the same part of them as of what is configured",
        arguments: [(20_000, 1024), (4096, 1024), (2048, 512), (960, 240), (3, 1), (0, 1)])
    func fewDescriptors(descriptors: CInt, perUser: Int) {
        let limits = ConnectionLimits(Configuration().limits, descriptors: descriptors)
        #expect(limits.connections == 4096 && limits.connectionsPerUser == perUser)
    }

    @Test("root and the daemon's user are served beyond the limit in all, a few connections of them")
    func reserve() async throws {
        try await withLimits {
            $0.connections = 2
            $0.connectionsPerUser = 100
        } _: { test in
            for uid in [1000, 1001] as [UInt32] {
                _ = try await test.connect(as: .user(uid)).ask(#"{"op":"ping"}"#)
            }
            for number in 0..<ConnectionLimits.reserve {
                let administrator = try await test.connect(as: number.isMultiple(of: 2) ? .root : .user(500))
                _ = try await administrator.line(after: #"{"op":"status"}"#)
            }
            for peer in [Peer.root, .user(500), .user(1002)] {
                #expect(try await test.connect(as: peer).reply().error().code == .slowDown)
            }
        }
    }

    @Test("a client that never reads is read no further, loses no reply, and is nobody else's problem")
    func backPressure() async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            let other = try await test.connect()
            let request = Array(#"{"op":"token","id":1}"#.utf8) + [UInt8(ascii: "\n")]
            let batch = Array(repeatElement(request, count: 1000).joined())
            var sent = 0
            var idle = 0
            // The socket takes no more once the daemon has stopped reading; it must not start again.
            while idle < 50 {
                let count = client.sendWhatFits(Array(batch[(sent % request.count)...]))
                sent += count
                idle = count == 0 ? idle + 1 : 0
                _ = try await other.ask(#"{"op":"token"}"#).token()
                try #require(sent < 20_000_000, "it reads on and on")
            }
            client.endInput()
            let replies = await client.rest().split(separator: UInt8(ascii: "\n"))
            let whole = sent / request.count
            #expect(replies.count == whole + (sent % request.count == 0 ? 0 : 1))
            #expect(try replies.prefix(whole).allSatisfy { try Reply.parse(line: $0).token().profile == "default" })
        }
    }

    @Test("a line that is not read because replies are not taken has its time once they are")
    func lineOfSlowReader() async throws {
        var setup = BrokerSetup.withToken()
        setup.configuration.limits.lineTimeout = .milliseconds(300)
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let request = #"{"op":"ping","id":"\#(String(repeating: "x", count: 15_000))"}"# + "\n"
            let count = 8
            client.sendRaw(String(repeating: request, count: count))
            await eventually("it takes no more replies") { await test.broker.heldBytes > 2048 }
            // Longer than a line may take; that of another, which began later, has run out then.
            let other = try await test.connect()
            other.sendRaw("{")
            #expect(try await other.reply().error().code == .invalidRequest)
            for _ in 0..<count { #expect(try await client.line().contains("pong")) }
            _ = try await client.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test("at the end, whole lines are answered and clients that wait are told; then every connection ends")
    func end() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let (waiting, asking, watching) = (
                try await test.connect(), try await test.connect(), try await test.connect()
            )
            waiting.send(#"{"op":"token","wait":300}"#, #"{"op":"ping"}"#)
            watching.send(#"{"op":"watch"}"#)
            await eventually("they wait") { await test.broker.waiterCount() + test.broker.watcherCount() == 2 }
            asking.send(#"{"op":"ping"}"#, #"{"op":"ping"}"#)
            await test.broker.endConnections(within: .seconds(20))
            #expect(try await waiting.reply().error().code == .temporarilyUnavailable)
            #expect(try await waiting.line().contains("pong"))
            #expect(await waiting.rest().isEmpty)
            #expect(await asking.rest().split(separator: UInt8(ascii: "\n")).count == 2)
            #expect(await watching.rest().isEmpty)
            #expect(await test.broker.connectionCount == 0)
        }
    }

    @Test("a client that does not read is cut at the end")
    func cut() async throws {
        try await withBroker(.withToken()) { test in
            _ = try await test.deafClient()
            await test.broker.endConnections(within: .milliseconds(100))
            #expect(await test.broker.connectionCount == 0)
        }
    }
}
