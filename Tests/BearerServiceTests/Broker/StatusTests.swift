import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerJSON
import BearerLoop
import BearerProtocol
import BearerState
import TestSupport
import Testing

@testable import BearerService

@Suite("status", .serialized, .timeLimit(.minutes(1))) struct StatusTests {
    private func status(_ test: TestBroker) async throws -> (line: String, reply: StatusReply) {
        let root = try await test.connect(as: .root)
        root.send(#"{"op":"status"}"#)
        let line = try await root.line()
        await root.close()
        return (line, try StatusReply.parse(line))
    }

    @Test("a profile that is served shows its times and counters, and nothing secret")
    func ready() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let token = try await client.ask(#"{"op":"token"}"#).token()
            let (line, reply) = try await status(test)
            let profile = try #require(reply.profiles.first)
            #expect(reply.version == "1.2.3" && reply.pid == 77 && reply.connections == 2)
            #expect(profile.state == .ready && profile.generation == 1 && profile.isStateDurable)
            #expect(profile.clientID == test.server.calls.first?.clientID && profile.lastError == nil)
            #expect(abs((profile.expiresAt ?? 0) - token.expiresAt) <= 1)
            #expect(abs((profile.renewAt ?? 0) - (token.expiresAt - 1800)) <= 2)
            #expect(profile.counters == .init(requests: 1, renewals: 1, failures: 0, registrations: 1))
            #expect(!line.contains(token.token.text) && !line.contains("canary") && !line.contains("secret"))
        }
    }

    @Test("trouble shows its error, its time and the next attempt, while the token is served")
    func degraded() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        try await withBroker(setup) { test in
            _ = try await test.connect().ask(#"{"op":"token"}"#).token()
            test.server.script(.token, [], then: .status(503, headers: ["Retry-After": "600"]))
            await test.advance(by: .seconds(1801))
            await eventually("the renewal fails") { await test.broker.failures() == 1 }
            let profile = try #require(try await status(test).reply.profiles.first)
            #expect(profile.state == .degraded && profile.lastError?.error == "http_503" && profile.renewAt == nil)
            let next = try #require(profile.nextAttemptAt)
            #expect(abs(next - (test.clock.now().unixSeconds + 600)) <= 2)
            #expect(profile.expiresAt != nil && profile.counters.failures == 1)
            let text = await test.broker.summary().text
            #expect(text.hasPrefix("default: token for 29 min") && text.contains("failing (http_503), next attempt "))
        }
    }

    @Test("a profile that is blocked says why and since when, and its clients are told")
    func blocked() async throws {
        let setup = try await setupWithState { files, state in
            let credentials = ClientCredentials(clientID: "client", clientSecret: Secret("canary"), issuedAt: nil)
            try files.credentials.save(StoredCredentials(credentials: credentials, registeredAt: 1))
            let name = try #require(state.names(in: "default").first { $0.hasPrefix("client-") })
            state.write("damaged".utf8, to: "default/\(name)")
        }
        try await withBroker(setup) { test in
            let profile = try #require(try await status(test).reply.profiles.first)
            let wait = try #require(profile.waiting)
            #expect(profile.state == .refused && wait.reason == .blocked && profile.nextAttemptAt == nil)
            #expect(abs(wait.since - test.clock.now().unixSeconds) <= 5 && wait.detail.contains("damaged"))
            #expect(profile.lastError == .init(error: "blocked", time: wait.since, detail: wait.detail))
        }
        await setup.server?.shutdown()
    }

    @Test("a registration that is put off says so, since when and until when, and clients are told the same")
    func putOff() async throws {
        let began = SystemClock.now().unixSeconds - 100
        let setup = try await setupWithState { files, _ in
            try files.history.save(RegistrationRecord(unanswered: 5, lastIntentAt: began))
        }
        try await withBroker(setup) { test in
            let profile = try #require(try await status(test).reply.profiles.first)
            let wait = try #require(profile.waiting)
            #expect(profile.state == .starting && wait.reason == .registrationHeld)
            #expect(abs(wait.since - began) <= 2 && wait.detail.contains("5"))
            // Four minutes after the last of five.
            #expect(abs(try #require(profile.nextAttemptAt) - (began + 240)) <= 2)
            let error = try await test.connect().ask(#"{"op":"token","wait":0}"#).error()
            #expect(error.code == .temporarilyUnavailable && error.description.contains(wait.detail))
            #expect((130...141).contains(try #require(error.retryAfter).components.seconds))
            #expect(test.server.calls.isEmpty)
        }
        await setup.server?.shutdown()
    }

    @Test("profiles that wait for the budget say so, each with the time when it is its turn")
    func waitingForBudget() async throws {
        var setup = BrokerSetup()
        setup.clock.stop()
        setup.configuration.budget.rate = 0.5
        setup.configuration.budget.burst = 1
        setup.profiles = { server in try (0..<4).map { try .sample("p\($0)", server: server) } }
        try await withBroker(setup, prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let profiles = try await status(test).reply.profiles
            let waiting = profiles.filter { $0.waiting?.reason == .budget }
            let now = test.clock.now().unixSeconds
            #expect(waiting.count == 3 && waiting.allSatisfy { $0.waiting?.since == now && $0.state == .starting })
            #expect(Set(waiting.map { ($0.nextAttemptAt ?? 0) - now }).isSubset(of: [2, 3, 4, 5, 6, 7]))
            #expect(Set(waiting.map(\.nextAttemptAt)).count == 3)
            let name = try #require(waiting.first).profile
            let error = try await test.connect().ask(#"{"op":"token","wait":0,"profile":"\#(name)"}"#).error()
            #expect(error.description.contains("budget"))
        }
    }

    /// A setup with a server, and with a state directory that `prepare` has written to.
    private func setupWithState(
        _ prepare: (ProfileFiles, TemporaryDirectory) throws -> Void
    ) async throws -> BrokerSetup {
        var setup = BrokerSetup()
        let server = try await AuthServerSimulator.start(setup.simulator)
        setup.server = server
        let directory = try StateDirectory.open(path: setup.state.path, machineIDPath: "/nonexistent")
        try prepare(ProfileFiles(directory, key: ResolvedProfile.sample(server: server.baseURL).storedKey), setup.state)
        return setup
    }

    @Test("a disk that takes nothing stops nothing: it shows in status, and ends in the journal")
    func notDurable() async throws {
        try await withBroker(prepare: { $0.state.write([], to: "default") }) { test in
            _ = try await test.connect().ask(#"{"op":"token"}"#).token()
            #expect(try await status(test).reply.profiles.first?.isStateDurable == false)
            #expect(test.log.entries(of: .stateNotDurable).count == 1)
            test.state.remove("default")
            await test.advance(by: .seconds(31))
            await eventually("it is written") { test.log.events.contains(.stateDurable) }
            #expect(try await status(test).reply.profiles.first?.isStateDurable == true)
            #expect(test.state.names(in: "default").count == 2)
        }
    }
}
