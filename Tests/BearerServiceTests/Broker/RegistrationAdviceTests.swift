import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerJSON
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

@Suite("What a registration may do", .serialized, .timeLimit(.minutes(1))) struct RegistrationAdviceTests {
    private func setup(expecting scopes: [String], statement: String = Canary.statement) -> BrokerSetup {
        var setup = BrokerSetup()
        setup.profiles = { server in
            var profile = try ResolvedProfile.sample(server: server, statement: statement)
            try profile.register { $0.expectedScopes = scopes }
            return [profile]
        }
        return setup
    }

    @Test("the scopes of the registration are in status and in the journal, also after a restart")
    func scopes() async throws {
        var first = setup(expecting: [])
        let server = try await AuthServerSimulator.start(first.simulator)
        first.server = server
        try await withBroker(first) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            let status = try await test.connect(as: .root).ask(#"{"op":"status"}"#)
            #expect(status.scopes == ["api:client:v2"])
            #expect(test.log.entries(of: .registered).first?.message.contains("scopes api:client:v2") == true)
        }
        try await withBroker(first) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            let status = try await test.connect(as: .root).ask(#"{"op":"status"}"#)
            #expect(status.scopes == ["api:client:v2"])
            #expect(test.log.entries(of: .registered).isEmpty)
        }
        await server.shutdown()
    }

    @Test("a scope that is missing is a warning at the registration, and again at each start")
    func missing() async throws {
        var first = setup(expecting: ["api:client:v2", "reports"])
        let server = try await AuthServerSimulator.start(first.simulator)
        first.server = server
        for isRegistered in [false, true] {
            try await withBroker(first) { test in
                await eventually("there is a token") { await test.broker.tokenCount == 1 }
                let entries = test.log.entries(of: .scopeMissing)
                #expect(entries.count == 1)
                #expect(entries.first?.message.contains("and not reports") == true)
                #expect(entries.first?.message.contains("the software statement of an application that has") == true)
                #expect(test.log.events.contains(.registered) == !isRegistered)
            }
        }
        await server.shutdown()
        try await withBroker(setup(expecting: ["api:client:v2"])) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.log.entries(of: .scopeMissing).isEmpty)
        }
    }

    @Test("a changed statement warns before it registers anew, and names the old credentials, which can serve again")
    func changedStatement() async throws {
        let first = setup(expecting: [])
        try await withBroker(first) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.log.entries(of: .registersAnew).isEmpty)
            let old = await test.broker.clientID()
            let root = try await test.connect(as: .root)
            test.clock.advance(by: .seconds(2))
            test.reloads.prepare([try .sample(server: test.server.baseURL, statement: "b3RoZXI.c3RhdGVtZW50.c2ln")])
            #expect(try await root.answer(to: #"{"op":"reload"}"#).contains("reloaded"))
            await eventually("it registers anew") { await test.broker.tokenCount == 1 }
            let events = test.log.events
            let warning = try #require(test.log.entries(of: .registersAnew).first)
            #expect(warning.message.contains("sign in again"))
            #expect(warning.fields["path"]?.contains("/client-") == true)
            #expect(
                events.firstIndex(of: .registersAnew).map { $0 < events.lastIndex(of: .registered) ?? 0 } == true)
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            #expect(try await root.answer(to: #"{"op":"reload"}"#).contains("reloaded"))
            #expect(await test.broker.clientID() == old)
            #expect(test.log.entries(of: .registersAnew).count == 1)
            let back = try #require(test.log.entries(of: .earlierCredentials).first)
            #expect(back.message.contains("for another software statement") && back.fields["path"] != nil)
            #expect(back.fields["path"] != warning.fields["path"])
        }
    }

    @Test("so does a changed server, and changed back, the journal says that the old credentials serve again")
    func changedServer() async throws {
        let other = try await AuthServerSimulator.start(BrokerSetup().simulator)
        try await withBroker(setup(expecting: [])) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            let old = await test.broker.clientID()
            let root = try await test.connect(as: .root)
            test.clock.advance(by: .seconds(2))
            test.reloads.prepare([try .sample(server: other.baseURL)])
            #expect(try await root.answer(to: #"{"op":"reload"}"#).contains("reloaded"))
            await eventually("it registers anew") { await test.broker.tokenCount == 1 }
            let warning = try #require(test.log.entries(of: .registersAnew).first?.message)
            #expect(warning.contains("for \(other.baseURL), but for \(test.server.baseURL)"))
            #expect(warning.contains("sign in again") && warning.contains("environment or server back, and reload"))
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            #expect(try await root.answer(to: #"{"op":"reload"}"#).contains("reloaded"))
            #expect(await test.broker.clientID() == old)
            #expect(test.log.entries(of: .earlierCredentials).first?.message.contains(other.baseURL) == true)
        }
        await other.shutdown()
    }

    @Test(
        "a statement is put back by a reload, or by a restart where it is a systemd credential",
        arguments: [(SecretSource.file("/s"), "back, and reload,"), (.credential("s"), "back, and restart bearerd,")])
    func undone(source: SecretSource, words: String) throws {
        var advice = RegistrationAdvice(
            profile: "p", server: "https://s",
            registration: ResolvedRegistration(
                statement: try SoftwareStatement(cleaning: Secret(Canary.statement)), source: source),
            credentials: nil)
        #expect(advice.atStart(now: 0).isEmpty)
        advice.otherCredentials = OtherCredentials(path: "/old", server: "https://s")
        let entry = try #require(advice.atStart(now: 0).first)
        #expect(entry.event == .registersAnew && entry.message.contains(words) && entry.fields[.path] == "/old")
    }

    @Test("a statement that is not valid yet is a warning at the start")
    func statementWarning() async throws {
        let statement = try StatementClaimsTests.statement(#"{"sub":"x","nbf":99999999999}"#).secret.text
        try await withBroker(setup(expecting: [], statement: statement)) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.log.entries(of: .statementWarning).first?.message.contains("not valid before") == true)
            #expect(test.log.entries(of: .registered).first?.message.contains("software statement sub x") == true)
        }
    }
}

extension Reply {
    /// Of the only profile of a status.
    fileprivate var scopes: [String]? {
        guard case .other(let value) = self else { return nil }
        return value["profiles"]?.array?.first?["scopes"]?.array?.compactMap(\.string)
    }
}

extension TestClient {
    fileprivate func answer(to request: String) async throws -> String {
        send(request)
        return try await line()
    }
}
