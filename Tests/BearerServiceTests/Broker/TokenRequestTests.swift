import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("token", .serialized, .timeLimit(.minutes(1))) struct TokenRequestTests {
    @Test("a token in memory is answered, with what is left of it, rounded down")
    func inMemory() async throws {
        let setup = BrokerSetup.withToken()
        setup.clock.stop()
        try await withBroker(setup) { test in
            let client = try await test.connect()
            test.clock.advance(by: .milliseconds(1500))
            let reply = try await client.ask(#"{"op":"token"}"#).token()
            #expect(reply.token == Secret(Canary.token))
            #expect(reply.expiresIn == 3598)
            #expect(abs(test.clock.now().unixSeconds + reply.expiresIn - reply.expiresAt) <= 1)
            #expect(reply.profile == "default" && reply.generation == nil)
            #expect(test.server.calls.isEmpty)
        }
    }

    @Test("a token with less than a second left is not handed out, and never an expired one")
    func lastSecond() async throws {
        let setup = BrokerSetup.withToken(lasting: .seconds(100))
        setup.clock.stop()
        try await withBroker(setup) { test in
            test.server.script(.register, [], then: .hang)
            let client = try await test.connect()
            test.clock.advance(by: .seconds(98))
            #expect(try await client.ask(#"{"op":"token","wait":0}"#).token().expiresIn == 1)
            test.clock.advance(by: .seconds(1))
            #expect(try await client.ask(#"{"op":"token","wait":0}"#).error().code == .temporarilyUnavailable)
            test.clock.advance(by: .seconds(1000))
            #expect(try await client.ask(#"{"op":"token","wait":0}"#).error().code == .temporarilyUnavailable)
        }
    }

    @Test("a client that asks after a step of the wall clock, before the alarm reports it, waits for a renewal")
    func steppedMeanwhile() async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"token"}"#).token()
            #expect(test.server.calls.isEmpty)
            test.clock.stepWall(by: .seconds(86_400))
            let reply = try await client.ask(#"{"op":"token"}"#).token()
            #expect(reply.token != Secret(Canary.token))
        }
    }

    @Test("the wall clock alone ends a token's service; set back, it does not lengthen it")
    func clocks() {
        let start = ClockReading(boot: .seconds(10), wall: .seconds(1_000_000))
        let token = AccessToken.sample(since: start)
        let stepped = ClockReading(boot: .seconds(11), wall: start.wall + .seconds(4000))
        let back = ClockReading(boot: .seconds(10 + 1800), wall: start.wall - .seconds(4000))
        #expect(!token.isServable(at: stepped))
        #expect(TokenReply(token, profile: "default", at: back).expiresIn == 1800)
        #expect(TokenReply(token, profile: "default", at: back).expiresAt == back.unixSeconds + 1800)
    }

    @Test("an id is echoed as it was sent", arguments: ["\"a\\u0062\"", "-12345678901234567890", "\"\""])
    func ids(id: String) async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            for operation in ["token", "ping", "status", "reload", "nonsense"] {
                client.send(#"{"op":"\#(operation)","id":\#(id)}"#)
                #expect(try await client.line().hasSuffix(#","id":\#(id)}"#), "\(operation)")
            }
        }
    }

    @Test("thousand requests at a cold start make one registration and one token request")
    func coldStart() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 86_400
        try await withBroker(setup) { test in
            var clients: [TestClient] = []
            for _ in 0..<100 { clients.append(try await test.connect()) }
            let batch = String(repeating: #"{"op":"token"}"# + "\n", count: 10)
            for client in clients { client.sendRaw(batch) }
            var tokens: Set<String> = []
            for client in clients {
                for _ in 0..<10 { tokens.insert(try await client.reply().token().token.text) }
            }
            #expect(tokens.count == 1)
            #expect(test.server.calls(to: .register).count == 1 && test.server.calls(to: .token).count == 1)
            #expect(test.server.violations.isEmpty)
        }
    }

    @Test("no wait is an answer at once, a wait that runs out one after it")
    func waiting() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let client = try await test.connect()
            let start = ContinuousClock.now
            let atOnce = try await client.ask(#"{"op":"token","wait":0}"#).error()
            #expect(start.duration(to: .now) < .milliseconds(900))
            #expect(atOnce.code == .temporarilyUnavailable && atOnce.retryAfter != nil)
            #expect(try await client.ask(#"{"op":"token","wait":1}"#).error().code == .temporarilyUnavailable)
            #expect(start.duration(to: .now) >= .seconds(1))
            #expect(await test.broker.waiterCount() == 0)
        }
    }

    @Test("a client that goes away cancels its wait", arguments: [false, true])
    func cancelled(isPipelined: Bool) async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let client = try await test.connect()
            client.send(#"{"op":"token","wait":300}"#)
            if isPipelined { client.send(#"{"op":"token","wait":300}"#) }
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            await client.close()
            await eventually("the wait is cancelled") { await test.broker.waiterCount() == 0 }
            await eventually("the connection is closed") { await test.broker.connectionCount == 0 }
        }
    }

    @Test("a client that has only ended its input still gets what it waits for")
    func halfClosedWait() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(300))]) }) { test in
            let client = try await test.connect()
            client.sendRaw(#"{"op":"token","wait":30}"#)
            client.endInput()
            _ = try await client.reply().token()
            #expect(await client.rest().isEmpty)
        }
    }

    @Test("more than is left of the token joins or starts an exchange; more than a fresh one lasts is an error")
    func minimumValidity() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let first = try await client.ask(#"{"op":"token"}"#).token()
            test.clock.advance(by: .seconds(60))
            let same = try await client.ask(#"{"op":"token","min_valid":3500}"#).token()
            #expect(same.token == first.token)
            let second = try await client.ask(#"{"op":"token","min_valid":3590}"#).token()
            #expect(second.token != first.token && second.expiresIn >= 3590)
            let error = try await client.ask(#"{"op":"token","min_valid":3601}"#).error()
            #expect(error.code == .invalidRequest && error.description.contains("3600"))
            test.clock.advance(by: .seconds(20))
            let slow = try await client.ask(#"{"op":"token","min_valid":3590}"#).error()
            #expect(slow.code == .slowDown)
            #expect(slow.retryAfter.map { (Duration.seconds(1)...Duration.seconds(11)).contains($0) } == true)
            test.clock.advance(by: .seconds(11))
            _ = try await client.ask(#"{"op":"token","min_valid":3590}"#).token()
            #expect(test.server.calls(to: .token).count == 3)
        }
    }

    @Test("a longer token than a refused profile has is refused at once, whatever the wait")
    func refusedWhileServing() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"token"}"#).token()
            test.server.script(.token, [], then: .error("unauthorized_client"))
            await test.advance(by: .seconds(1801))
            await eventually("it is refused") { await test.broker.refusal() != nil }
            _ = try await client.ask(#"{"op":"token"}"#).token()
            let error = try await client.ask(#"{"op":"token","min_valid":3000,"wait":300}"#).error()
            #expect(error.code == .registrationRefused && error.description.contains("unauthorized_client"))
        }
    }

    @Test("clients that wait for a longer token are told at once when the profile is refused")
    func refusedWhileWaiting() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"token"}"#).token()
            test.server.script(.token, [.error("unauthorized_client")])
            test.clock.advance(by: .seconds(60))
            let error = try await client.ask(#"{"op":"token","min_valid":3590,"wait":300}"#).error()
            #expect(error.code == .registrationRefused)
            _ = try await client.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test(
        "without a profile the one called default is meant, else the only one",
        arguments: [
            (["default", "other"], nil, "default"), (["other"], nil, "other"), (["a", "b"], nil, nil),
            (["a", "b"], "b", "b"), (["a", "b"], "c", nil),
        ] as [([String], String?, String?)])
    func profiles(names: [String], wanted: String?, found: String?) async throws {
        var setup = BrokerSetup()
        setup.profiles = { server in try names.map { try .sample($0, server: server) } }
        setup.tokens = Dictionary(uniqueKeysWithValues: names.map { ($0, AccessToken.sample("token-of-\($0)")) })
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let profile = wanted.map { #","profile":"\#($0)""# } ?? ""
            let reply = try await client.ask(#"{"op":"token"\#(profile)}"#)
            if let found {
                #expect(try reply.token().profile == found)
                #expect(try reply.token().token == Secret("token-of-\(found)"))
            } else {
                #expect(try reply.error().code == .unknownProfile)
            }
        }
    }

    @Test("a documented error of the registration is an answer at once", arguments: ["token", "watch"])
    func refused(operation: String) async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .error("unapproved_software_statement")) }
        ) { test in
            let client = try await test.connect()
            client.send(#"{"op":"\#(operation)"}"#)
            let error = try await client.reply().error()
            #expect(error.code == .registrationRefused)
            #expect(error.description.contains("unapproved_software_statement"))
        }
    }
}
