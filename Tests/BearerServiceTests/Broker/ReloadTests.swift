import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerProtocol
import BearerSystemd
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

@Suite("reload", .serialized, .timeLimit(.minutes(1))) struct ReloadTests {
    private let reload = #"{"op":"reload","id":1}"#

    @Test("what is invalid changes nothing and is reported with the reason")
    func invalid() async throws {
        try await withBroker(.withToken()) { test in
            test.reloads.prepareFailure("bearerd.yaml:3:1: found x, expected y")
            let root = try await test.connect(as: .root)
            let error = try await root.ask(reload).error()
            #expect(error.code == .invalidRequest && error.description.contains("bearerd.yaml:3:1"))
            #expect(try await root.ask(#"{"op":"token"}"#).token().token == Secret(Canary.token))
            #expect(test.log.events.contains(.reloadFailed))
        }
    }

    @Test("a request behind one that a reload ends is answered by the profile as it is then")
    func pipelined() async throws {
        var setup = BrokerSetup()
        setup.configuration.budget.rate = 0.001
        setup.configuration.budget.burst = 1
        try await withBroker(setup) { test in
            await eventually("it is registered") { await test.broker.clientID() != nil }
            let (root, client) = (try await test.connect(as: .root), try await test.connect(as: .root))
            let other = try ResolvedProfile.sample(
                server: test.server.baseURL, statement: "b3RoZXI.c3RhdGVtZW50.c2ln")
            test.reloads.prepare([other], setup.configuration)
            root.send(reload)
            #expect(try await root.line().contains("reloaded"))
            client.send(
                #"{"op":"register","force":true,"id":1}"#, #"{"op":"register","force":true,"id":2}"#,
                #"{"op":"ping","id":3}"#)
            await eventually("it waits") { await test.broker.registrantCount() == 1 }
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            root.send(reload)
            #expect(try await root.line().contains("reloaded"))
            #expect(try await client.line().contains("a reload changed the profile"))
            let second = try await client.line()
            #expect(second.contains("client_id") && second.hasSuffix(#""id":2}"#), "\(second)")
            #expect(try await client.line().contains("pong"))
        }
    }

    @Test("a systemd credential that was changed since the start is named")
    func changedCredential() async throws {
        let store = TemporaryDirectory()
        store.write("x".utf8, to: "statement")
        var setup = BrokerSetup.withToken()
        setup.credentials = CredentialStores(directories: [store.path])
        try await withBroker(setup) { test in
            let root = try await test.connect(as: .root)
            var profile = try ResolvedProfile.sample(server: test.server.baseURL)
            for (isCredential, isChanged) in [(true, false), (true, true), (false, true)] {
                if isChanged { store.write("y".utf8, to: "statement") }
                try profile.register { $0.source = isCredential ? .credential("statement") : .file("/statement") }
                test.reloads.prepare([profile])
                #expect(try await root.line(after: reload).contains("reloaded"))
                let message = try #require(test.log.entries(of: .reloaded).last?.message)
                #expect(message.contains("\(store.path)/statement was changed") == (isCredential && isChanged))
            }
        }
    }

    @Test("while one reload is under way another is told to come back; requests go on")
    func twice() async throws {
        try await withBroker(.withToken()) { test in
            test.reloads.prepare([try .sample()])
            let held = test.reloads.hold()
            let (first, second) = (try await test.connect(as: .root), try await test.connect(as: .root))
            first.send(reload)
            await eventually("it is under way") { await test.broker.isReloading }
            #expect(try await second.ask(reload).error().code == .slowDown)
            _ = try await second.ask(#"{"op":"token"}"#).token()
            held.finish()
            #expect(try await first.line().hasSuffix(#""id":1}"#))
        }
    }

    @Test("a client that leaves during its reload does no harm")
    func gone() async throws {
        try await withBroker(.withToken()) { test in
            test.reloads.prepare([try .sample()])
            let held = test.reloads.hold()
            let client = try await test.connect(as: .root)
            client.send(reload)
            await eventually("it is under way") { await test.broker.isReloading }
            await client.close()
            await eventually("the connection is closed") { await test.broker.connectionCount == 0 }
            held.finish()
            await eventually("it is over") { await !test.broker.isReloading }
            #expect(test.log.events.contains(.reloaded))
        }
    }

    @Test("a profile with the same server and statement keeps its token, its watchers and their connections")
    func unchanged() async throws {
        try await withBroker(.withToken()) { test in
            let watching = try await test.connect()
            _ = try await watching.ask(#"{"op":"watch"}"#).token()
            var changed = try ResolvedProfile.sample(
                server: test.server.baseURL, renewal: RenewalPolicy(at: 0.9, jitter: 0))
            changed.userAgent = "other"
            test.reloads.prepare([changed])
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            #expect(try await root.ask(#"{"op":"token"}"#).token().token == Secret(Canary.token))
            #expect(await test.broker.watcherCount() == 1)
            #expect(await test.broker.connectionCount == 2)
            #expect(test.server.calls.isEmpty)
        }
    }

    @Test(
        "another statement drops the token: clients that watch are told, then get the new one; clients that wait do too"
    )
    func statementChanged() async throws {
        try await withBroker { test in
            let (watching, client) = (try await test.connect(), try await test.connect())
            let first = try await watching.ask(#"{"op":"watch"}"#).token()
            test.server.script(.token, [.delay(.milliseconds(100))])
            test.reloads.prepare([try .sample(server: test.server.baseURL, statement: "bmV3.bmV3.bmV3")])
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            let second = try await client.ask(#"{"op":"token"}"#).token()
            #expect(second.token != first.token)
            #expect(try await watching.reply().error().code == .temporarilyUnavailable)
            #expect(try await watching.reply().token().token == second.token)
            await eventually("the old token is not kept") { test.kept.names == ["token-default-2"] }
            #expect(test.kept.removals == ["token-default-1"])
        }
    }

    @Test("the credentials of before serve again when the statement is changed back")
    func changedBack() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            for statement in ["bmV3.bmV3.bmV3", Canary.statement] {
                test.reloads.prepare([try .sample(server: test.server.baseURL, statement: statement)])
                _ = try await root.line(after: reload)
                _ = try await root.ask(#"{"op":"token"}"#).token()
            }
            #expect(test.server.calls(to: .register).count == 2)
        }
    }

    @Test("a profile that is removed is an error for clients that wait or watch, and the end of their watches")
    func removed() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .status(503)) }) { test in
            let (waiting, watching) = (try await test.connect(), try await test.connect())
            waiting.send(#"{"op":"token","wait":300}"#)
            watching.send(#"{"op":"watch","id":"w"}"#)
            await eventually("they wait") { await test.broker.waiterCount() + test.broker.watcherCount() == 2 }
            test.reloads.prepare([try .sample("other", server: test.server.baseURL)])
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            #expect(try await waiting.reply().error().code == .unknownProfile)
            #expect(try await watching.line().hasSuffix(#","id":"w"}"#))
            #expect(await watching.rest().isEmpty)
            #expect(try await waiting.ask(#"{"op":"token","profile":"default"}"#).error().code == .unknownProfile)
        }
    }

    @Test("a registration that waits for the budget is not sent once more for the profile that took its place")
    func queued() async throws {
        var setup = BrokerSetup()
        setup.configuration.budget.rate = 0.5
        setup.profiles = { server in try ["a", "b"].map { try .sample($0, server: server) } }
        try await withBroker(setup) { test in
            try await test.server.waitForCalls(1, to: .register)
            var settings = try ["a", "b"].map {
                try ResolvedProfile.sample($0, server: test.server.baseURL, statement: "bmV3.bmV3.bmV3")
            }
            settings[0].userAgent = "new"
            test.reloads.prepare(settings)
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            await test.advance(by: .seconds(60))
            for name in ["a", "b"] {
                _ = try await root.ask(#"{"op":"token","profile":"\#(name)","wait":60}"#).token()
            }
            #expect(test.server.calls(to: .register).count == 3)
        }
    }

    @Test(
        "clients that wait for a profile whose files cannot be used are refused at once; once fixed, a reload brings it back"
    )
    func blocked() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .status(503)) }) { test in
            let waiting = try await test.connect()
            waiting.send(#"{"op":"token","wait":300}"#)
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            try await test.server.waitForCalls(1, to: .register)
            let settings = try ResolvedProfile.sample(server: test.server.baseURL, statement: "bmV3.bmV3.bmV3")
            let file = "default/client-\(try settings.storedKey.fileIdentifier).json"
            test.state.write(Array("{broken".utf8), to: file)
            test.reloads.prepare([settings])
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            let error = try await waiting.reply().error()
            #expect(error.code == .registrationRefused && error.description.contains(file))
            #expect(test.log.entries(of: .profileBlocked).count == 1)
            test.state.remove(file)
            test.server.script(.register, [])
            _ = try await root.line(after: reload)
            _ = try await waiting.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test("a forced registration in flight is waited for before its profile is replaced")
    func registrant() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            test.reloads.prepare([try .sample(server: test.server.baseURL, statement: "bmV3.bmV3.bmV3")])
            _ = try await root.line(after: reload)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            test.server.script(.register, [.delay(.milliseconds(300))])
            let waiting = try await test.connect(as: .root)
            waiting.send(#"{"op":"register","force":true}"#)
            await eventually("it waits") { await test.broker.registrantCount() == 1 }
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            _ = try await root.line(after: reload)
            let client = try #require(test.server.calls(to: .register).last?.clientID)
            #expect(try await waiting.line().contains(client))
            #expect(test.state.names(in: "default").filter { $0.contains(".retired-") }.count == 1)
        }
    }

    @Test("limits, audit and what the credential socket says change with it")
    func settings() async throws {
        try await withBroker(.withToken()) { test in
            var configuration = BrokerSetup().configuration
            configuration.limits.connectionsPerUser = 1
            configuration.audit = true
            configuration.credentialSocket.onFailure = .empty
            test.reloads.prepare([try .sample(server: test.server.baseURL)], configuration)
            let root = try await test.connect(as: .root)
            _ = try await root.line(after: reload)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            #expect(test.log.entries(of: .tokenGiven).count == 1)
            let second = try await test.connect(as: .root)
            #expect(try await second.reply().error().code == .slowDown)
            #expect(try await test.load([], as: .user(9)).rest().isEmpty)
        }
    }
}

extension TestClient {
    /// Sends a request and returns its reply, which must be no error.
    func line(after request: String) async throws -> String {
        send(request)
        let line = try await line()
        if line.contains("\"error\"") { throw Reply.Unexpected(found: try Reply.parse(line: Array(line.utf8)[...])) }
        return line
    }
}
