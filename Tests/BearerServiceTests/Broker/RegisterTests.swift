import AuthServerSimulator
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
