import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("export", .serialized, .timeLimit(.minutes(1))) struct ExportTests {
    private func withRegistered(_ body: (TestBroker) async throws -> Void) async throws {
        try await withBroker { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            try await body(test)
        }
    }

    @Test("root and the daemon's user are given the client credentials", arguments: [Peer.root, .user(500)])
    func given(peer: Peer) async throws {
        try await withRegistered { test in
            let reply = try await test.connect(as: peer).export()
            #expect(reply.profile == "default")
            #expect(reply.clientID == test.server.calls(to: .register).first?.clientID)
            let file = try #require(test.state.names(in: "default").first { $0.hasPrefix("client-") })
            let stored = String(decoding: test.state.read("default/\(file)") ?? [], as: UTF8.self)
            #expect(stored.contains(#""client_secret":"\#(reply.clientSecret.text)""#))
        }
    }

    @Test("replies come in the order of the requests, each with its id")
    func pipelined() async throws {
        try await withRegistered { test in
            let root = try await test.connect(as: .root)
            root.send(#"{"op":"export","id":1}"#, #"{"op":"ping","id":2}"#, #"{"op":"export","id":3}"#)
            let lines = [try await root.line(), try await root.line(), try await root.line()]
            #expect(lines[0].hasPrefix(#"{"client_id":""#) && lines[0].hasSuffix(#","profile":"default","id":1}"#))
            #expect(lines[1].contains("pong"))
            #expect(lines[2].dropLast(2) == lines[0].dropLast(2) && lines[2].hasSuffix(#""id":3}"#))
        }
    }

    @Test("the journal says each time who was given them, and never the secret")
    func audited() async throws {
        try await withRegistered { test in
            let (root, user) = (try await test.connect(as: .root), try await test.connect(as: .user(500)))
            let secret = try await root.export().clientSecret.text
            _ = try await root.export()
            _ = try await user.export()
            let entries = test.log.entries(of: .credentialsExported)
            #expect(entries.map { $0.fields["peer_uid"] } == ["0", "0", "500"])
            #expect(entries.map { $0.fields["peer_pid"] } == ["1", "1", "4711"])
            #expect(entries.allSatisfy { $0.fields["profile"] == "default" })
            #expect(!test.log.text.contains(secret))
        }
    }

    @Test("nobody else may, whatever allow says", arguments: [nil, AccessPolicy(users: [1000])])
    func denied(access: AccessPolicy?) async throws {
        var setup = BrokerSetup()
        setup.profiles = { [try .sample(server: $0, access: access)] }
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            let client = try await test.connect(as: .user(1000))
            #expect(try await client.ask(#"{"op":"export"}"#).error().code == .accessDenied)
            #expect(test.log.events.contains(.accessDenied) && !test.log.events.contains(.credentialsExported))
        }
    }

    @Test("without credentials there is an error that says whether waiting helps")
    func unregistered() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.hang]) }) { test in
            try await test.server.waitForCalls(1, to: .register)
            let error = try await test.connect(as: .root).ask(#"{"op":"export"}"#).error()
            #expect(error.code == .temporarilyUnavailable && error.retryAfter != nil)
            #expect(error.description.contains("has no client credentials yet"))
        }
        let refusal = Fault.error("invalid_software_statement")
        try await withBroker(prepare: { $0.server.script(.register, [refusal]) }) { test in
            await eventually("it is refused") { await test.broker.state() == .refused }
            let error = try await test.connect(as: .root).ask(#"{"op":"export"}"#).error()
            #expect(error.code == .registrationRefused && error.description.contains("invalid_software_statement"))
            #expect(!test.log.events.contains(.credentialsExported))
        }
    }

    @Test("after a forced registration they are the new ones")
    func replaced() async throws {
        try await withRegistered { test in
            let root = try await test.connect(as: .root)
            let old = try await root.export()
            _ = try await root.line(after: #"{"op":"register","force":true}"#)
            let new = try await root.export()
            #expect(new.clientID != old.clientID && new.clientSecret != old.clientSecret)
            #expect(new.clientID == test.server.calls(to: .register).last?.clientID)
        }
    }

    @Test("a client that goes away before the reply harms nobody")
    func gone() async throws {
        try await withRegistered { test in
            let root = try await test.connect(as: .root)
            root.send(#"{"op":"export"}"#)
            await root.close()
            await eventually("it is audited") { test.log.events.contains(.credentialsExported) }
            _ = try await test.connect(as: .root).export()
        }
    }
}
