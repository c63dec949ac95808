import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("register", .serialized, .timeLimit(.minutes(1))) struct RegisterTests {
    @Test("with force there are new credentials and a new token; the old credentials are archived")
    func forced() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            let first = try await root.ask(#"{"op":"token"}"#).token()
            let line = try await root.line(after: #"{"op":"register","force":true,"id":3}"#)
            let newClient = try #require(test.server.calls(to: .register).last?.clientID)
            #expect(line.contains(newClient) && line.contains("sign in again") && line.hasSuffix(#","id":3}"#))
            try await test.server.waitForCalls(2, to: .token)
            try await eventually("there is a new token") {
                try await root.ask(#"{"op":"token"}"#).token().token != first.token
            }
            #expect(test.state.names(in: "default").contains { $0.contains(".retired-") })
            #expect(test.log.entries(of: .registered).count == 2)
        }
    }

    @Test("without force nothing is replaced")
    func notForced() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            let error = try await root.ask(#"{"op":"register"}"#).error()
            #expect(error.code == .invalidRequest && error.description.contains("sign in again"))
            #expect(test.server.calls(to: .register).count == 1)
            #expect(try await root.ask(#"{"op":"register","profile":"x"}"#).error().code == .unknownProfile)
        }
    }

    @Test(
        "what the server says is the answer, and the credentials stay",
        arguments: [
            (Fault.error("unapproved_software_statement"), ErrorCode.registrationRefused),
            (.status(503), .temporarilyUnavailable), (.reset, .temporarilyUnavailable),
        ])
    func refused(fault: Fault, code: ErrorCode) async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            let first = try await root.ask(#"{"op":"token"}"#).token()
            test.server.script(.register, [fault])
            #expect(try await root.ask(#"{"op":"register","force":true}"#).error().code == code)
            #expect(try await root.ask(#"{"op":"token"}"#).token().token == first.token)
        }
    }

    @Test("two administrators at once get the same registration")
    func together() async throws {
        try await withBroker { test in
            let (one, two) = (try await test.connect(as: .root), try await test.connect(as: .root))
            _ = try await one.ask(#"{"op":"token"}"#).token()
            test.server.script(.register, [.delay(.milliseconds(200))])
            one.send(#"{"op":"register","force":true}"#)
            two.send(#"{"op":"register","force":true}"#)
            #expect(try await one.line() == two.line())
            #expect(test.server.calls(to: .register).count == 2)
        }
    }

    /// A token is served, and no call may be made for a quarter of an hour.
    private var throttled: BrokerSetup {
        var setup = BrokerSetup.withToken()
        setup.configuration.budget.rate = 0.001
        setup.configuration.budget.burst = 1
        setup.profiles = { [try .sample(server: $0), try .sample("other", server: $0)] }
        setup.clock.stop()
        return setup
    }

    private func warnings(_ client: TestClient) async throws -> [String] {
        client.send(#"{"op":"status","profile":"default"}"#)
        return try StatusReply.parse(try await client.line()).profiles.flatMap { $0.warnings.map(\.warning) }
    }

    @Test("an order that waits to be sent shows in status, and is withdrawn with the last client that waits for it")
    func withdrawn() async throws {
        try await withBroker(throttled) { test in
            try await test.server.waitForCalls(1, to: .register)
            let (one, two, root) = (
                try await test.connect(as: .root), try await test.connect(as: .root), try await test.connect(as: .root)
            )
            one.send(#"{"op":"register","profile":"default","force":true}"#)
            two.send(#"{"op":"register","profile":"default","force":true}"#)
            await eventually("both wait") { await test.broker.registrantCount() == 2 }
            #expect(try await warnings(root) == ["registration_forced"])
            await one.close()
            await eventually("one is gone") { await test.broker.registrantCount() == 1 }
            #expect(try await warnings(root) == ["registration_forced"])
            await two.close()
            await eventually("both are gone") { await test.broker.registrantCount() == 0 }
            #expect(try await warnings(root).isEmpty)
            await test.advance(by: .seconds(1_500))
            try await test.server.waitForCalls(1, to: .token)
            #expect(test.server.calls(to: .register).count == 1)
        }
    }

    @Test("an order that is not sent within a minute is withdrawn, and the client is told when to ask again")
    func tooLate() async throws {
        try await withBroker(throttled, isTimeTold: true) { test in
            try await test.server.waitForCalls(1, to: .register)
            let root = try await test.connect(as: .root)
            root.send(#"{"op":"register","profile":"default","force":true}"#)
            await eventually("it waits") { await test.broker.registrantCount() == 1 }
            try await test.advanceTimers(by: .seconds(61))
            let error = try await root.reply().error()
            #expect(error.code == .temporarilyUnavailable && error.description.contains("withdrawn"))
            // Behind the token request of the other profile, or before it.
            #expect((60...2_001).contains(try #require(error.retryAfter).components.seconds))
            #expect(try await warnings(root).isEmpty)
        }
    }

    @Test("one that was sent is waited for, and is made although its client goes away")
    func sent() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            let first = try await root.ask(#"{"op":"token"}"#).token()
            test.server.script(.register, [.delay(.milliseconds(200))])
            root.send(#"{"op":"register","force":true}"#)
            try await test.server.waitForCalls(2, to: .register)
            await root.close()
            let other = try await test.connect(as: .root)
            await eventually("there is a new token") {
                (try? await other.ask(#"{"op":"token"}"#).token().token) != first.token
            }
        }
    }

    @Test("a reload waits for a registration of a profile that changes, so that changing back finds its credentials")
    func reloadedMeanwhile() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(300))]) }) { test in
            try await test.server.waitForCalls(1, to: .register)
            let first = try ResolvedProfile.sample(server: test.server.baseURL)
            let root = try await test.connect(as: .root)
            for profile in [try .sample(server: test.server.baseURL, statement: "bmV3.bmV3.bmV3"), first] {
                test.reloads.prepare([profile])
                #expect(try await root.line(after: #"{"op":"reload"}"#).contains("reloaded"))
                _ = try await root.ask(#"{"op":"token"}"#).token()
            }
            #expect(test.server.calls(to: .register).count == 2)
        }
    }

    @Test("credentials are on disk before they are used, the intent before the request")
    func durable() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.hang]) }) { test in
            try await test.server.waitForCalls(1, to: .register)
            #expect(test.state.names(in: "default").contains { $0.hasPrefix("registration-") })
        }
        try await withBroker(prepare: { $0.server.script(.token, [.hang]) }) { test in
            try await test.server.waitForCalls(1, to: .token)
            #expect(test.state.names(in: "default").contains { $0.hasPrefix("client-") })
        }
    }
}
