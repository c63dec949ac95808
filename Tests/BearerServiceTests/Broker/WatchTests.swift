import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("watch", .serialized, .timeLimit(.minutes(1))) struct WatchTests {
    @Test("the token comes now and again at each renewal, with its generation")
    func renewals() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            client.send(#"{"op":"watch","id":7}"#)
            let first = try await client.reply().token()
            #expect(first.generation == 1)
            await test.advance(by: .seconds(1801))
            let line = try await client.line()
            #expect(line.hasSuffix(#","generation":2,"id":7}"#) && !line.contains(first.token.text))
        }
    }

    @Test("an end of the token is published once, then the next token")
    func outage() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"watch"}"#).token()
            test.server.script(.token, [.status(503)], then: .status(503))
            await test.advance(by: .seconds(1801))
            await eventually("the renewal fails") { await test.broker.failures() == 1 }
            await test.advance(by: .seconds(1800))
            #expect(try await client.reply().error().code == .temporarilyUnavailable)
            await test.advance(by: .seconds(30))
            await eventually("it fails again") { await test.broker.failures() >= 2 }
            test.server.script(.token, [])
            await test.advance(by: .seconds(30))
            #expect(try await client.reply().token().generation == 2)
        }
    }

    @Test("a token that ends while the profile is refused is one error, and so are the refusals after it")
    func refusedOutage() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"watch"}"#).token()
            test.server.script(.token, [], then: .error("unauthorized_client"))
            await test.advance(by: .seconds(1801))
            await eventually("it is refused") { await test.broker.refusal() != nil }
            await test.advance(by: .seconds(1800))
            #expect(try await client.reply().error().code == .registrationRefused)
            let failures = await test.broker.failures()
            await test.advance(by: .seconds(901))
            await eventually("it is refused again") { await test.broker.failures() > failures }
            test.server.script(.token, [])
            await test.advance(by: .seconds(901))
            #expect(try await client.reply().token().generation == 2)
        }
    }

    @Test("a half-close does not end it")
    func halfClose() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            client.sendRaw(#"{"op":"watch"}"#)
            client.endInput()
            _ = try await client.reply().token()
            await test.advance(by: .seconds(1801))
            #expect(try await client.reply().token().generation == 2)
            #expect(await test.broker.watcherCount() == 1)
        }
    }

    @Test("a later line is an error, and the end", arguments: ["{\"op\":\"ping\"}\n", "\n", "x\n{}\n"])
    func laterLine(line: String) async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"watch"}"#).token()
            client.sendRaw(line)
            #expect(try await client.reply().error().code == .invalidRequest)
            #expect(await client.rest().isEmpty)
            #expect(await test.broker.watcherCount() == 0)
        }
    }

    @Test("a watcher that goes away is forgotten")
    func gone() async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"watch"}"#).token()
            await client.close()
            await eventually("it is forgotten") { await test.broker.watcherCount() == 0 }
        }
    }
}
