import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

/// Profiles that are given their client credentials: another host has registered.
@Suite("Given credentials", .serialized, .timeLimit(.minutes(1))) final class GivenCredentialsTests {
    private let reload = #"{"op":"reload"}"#
    private let server: AuthServerSimulator
    private let pair: ClientCredentials
    private let kept = TestStore()

    init() async throws {
        server = try await AuthServerSimulator.start(SimulatorConfiguration(throttle: nil, tokenLifetime: 3600))
        pair = try await .registered(with: server)
    }

    deinit {
        let server = server
        Task { await server.shutdown() }
    }

    /// Runs `body` with a broker that is given `pair`; afterwards there is one registration still, the other host's, and one
    /// more for each of `registrations`.
    private func with(
        _ pair: ClientCredentials? = nil, state: TemporaryDirectory = TemporaryDirectory(), registrations: Int = 0,
        prepare: (TestBroker) async -> Void = { _ in }, _ body: (TestBroker) async throws -> Void
    ) async throws {
        let given = pair ?? self.pair
        var setup = BrokerSetup()
        (setup.server, setup.state, setup.kept) = (server, state, kept)
        setup.profiles = { [try ResolvedProfile.sample(server: $0).given(given)] }
        try await withBroker(setup, prepare: prepare, body)
        #expect(server.calls(to: .register).count == 1 + registrations)
    }

    private func given(_ pair: ClientCredentials) throws -> ResolvedProfile {
        try ResolvedProfile.sample(server: server.baseURL).given(pair)
    }

    private func reloaded(_ test: TestBroker, _ profile: ResolvedProfile) async throws {
        test.reloads.prepare([profile])
        #expect(try await test.connect(as: .root).line(after: reload).contains("reloaded"))
    }

    private func hasToken(_ test: TestBroker) async {
        await eventually("there is a token") { await test.broker.tokenCount == 1 }
    }

    @Test("they serve, and nothing of them is on disk")
    func served() async throws {
        try await with { test in
            let token = try await test.connect().ask(#"{"op":"token"}"#).token().token
            #expect(server.isValid(token.text))
            #expect(await test.broker.clientID() == pair.clientID)
            #expect(test.state.names(in: "default").isEmpty)
            #expect(await test.broker.isStateDurable())
            let status = try StatusReply.parse(await test.connect(as: .root).line(after: #"{"op":"status"}"#))
            let profile = try #require(status.profiles.first)
            #expect(profile.isProvisioned && profile.clientID == pair.clientID)
            #expect(profile.registeredAt == nil && profile.scopes == nil && profile.counters.registrations == 0)
        }
    }

    @Test(
        "register is refused, with force and without, and says where they come from",
        arguments: ["", #","force":true"#])
    func register(force: String) async throws {
        try await with { test in
            await hasToken(test)
            let error = try await test.connect(as: .root).ask(#"{"op":"register"\#(force)}"#).error()
            #expect(error.code == .invalidRequest)
            #expect(error.description.contains("(client: /etc/client.json) and never registers"))
        }
    }

    @Test("they can be exported as well")
    func exported() async throws {
        try await with { test in
            let reply = try await test.connect(as: .root).export()
            #expect(reply.clientID == pair.clientID && reply.clientSecret == pair.clientSecret)
        }
    }

    @Test("the token outlives a restart with the same credentials, and is dropped with others")
    func restart() async throws {
        var token: Secret?
        try await with { test in
            await hasToken(test)
            token = await test.broker.token()
            await eventually("it is kept") { kept.names == ["token-default-1"] }
        }
        let asked = server.calls(to: .token).count
        try await with { test in
            await hasToken(test)
            #expect(await test.broker.token() == token)
            #expect(server.calls(to: .token).count == asked)
        }
        let other = try await ClientCredentials.registered(with: server)
        try await with(other, registrations: 1) { test in
            await hasToken(test)
            #expect(await test.broker.token() != token)
            #expect(test.log.entries(of: .storedTokenDropped).count == 1)
            #expect(server.calls(to: .token).last?.clientID == other.clientID)
        }
    }

    @Test("a reload with the same credentials keeps the token and asks nobody")
    func unchanged() async throws {
        try await with { test in
            await hasToken(test)
            let (token, asked) = (await test.broker.token(), server.calls(to: .token).count)
            try await reloaded(test, given(pair))
            #expect(await test.broker.token() == token && server.calls(to: .token).count == asked)
            #expect(test.log.entries(of: .reloaded).first?.message.contains("other client credentials") == false)
        }
    }

    @Test(
        "a reload with others serves the old token until there is a new one, and the journal says which profile that is"
    )
    func rotated() async throws {
        let other = try await ClientCredentials.registered(with: server)
        try await with(registrations: 1) { test in
            await hasToken(test)
            let old = try #require(await test.broker.token())
            let watcher = try await test.connect()
            #expect(try await watcher.ask(#"{"op":"watch"}"#).token().token == old)
            server.script(.token, [.delay(.milliseconds(300))])
            test.clock.advance(by: .seconds(2))
            try await reloaded(test, given(other))
            #expect(try await test.connect().ask(#"{"op":"token"}"#).token().token == old)
            #expect(await test.broker.clientID() == other.clientID)
            let new = try await watcher.reply().token()
            #expect(new.token != old && new.generation == 2 && server.isValid(new.token.text))
            #expect(server.calls(to: .token).last?.clientID == other.clientID)
            #expect(
                test.log.entries(of: .reloaded).first?.message
                    .hasPrefix("the configuration was reloaded, with other client credentials for default: ") == true)
        }
    }

    @Test(
        "credentials that the server does not know: refused, asked again every 15 min; the token is served; a reload mends it"
    )
    func refused() async throws {
        try await with { test in
            await hasToken(test)
            let old = await test.broker.token()
            test.clock.advance(by: .seconds(2))
            try await reloaded(test, given(.unknown))
            await eventually("they are refused") { await test.broker.state() == .refused }
            #expect(try await test.connect().ask(#"{"op":"token"}"#).token().token == old)
            let entry = try #require(test.log.entries(of: .profileRefused).first)
            #expect(
                entry.message.contains("bearerctl export") && entry.message.contains("/etc/client.json, and reload"))
            #expect(!test.log.text.contains("canary"))
            let asked = server.calls(to: .token).count
            await test.advance(by: .seconds(899))
            await test.settle()
            #expect(server.calls(to: .token).count == asked)
            await test.advance(by: .seconds(2))
            try await server.waitForCalls(asked + 1, to: .token)
            await test.settle()
            try await reloaded(test, given(pair))
            await test.advance(by: .seconds(2))
            await eventually("it is well") { await test.broker.state() == .ready }
            #expect(test.log.entries(of: .profileRefused).count == 1 && test.log.events.last == .recovered)
        }
    }

    @Test("without a token, clients are told at once that the profile is refused, and that it is not when others come")
    func refusedAtStart() async throws {
        try await with(.unknown) { test in
            await eventually("they are refused") { await test.broker.state() == .refused }
            let client = try await test.connect()
            let error = try await client.ask(#"{"op":"token"}"#).error()
            #expect(error.code == .registrationRefused && error.description.contains("invalid_client"))
            try await reloaded(test, given(pair))
            client.send(#"{"op":"token"}"#)
            await eventually("it waits, or is answered") {
                let isWaiting = await test.broker.waiterCount() == 1
                let isAnswered = await test.broker.tokenCount == 1
                return isWaiting || isAnswered
            }
            await test.advance(by: .seconds(2))
            #expect(server.isValid(try await client.reply().token().token.text))
        }
    }

    @Test("an answer to the credentials before is nobody's")
    func late() async throws {
        let other = try await ClientCredentials.registered(with: server)
        let asked = server.calls(to: .token).count
        try await with(registrations: 1, prepare: { _ in server.script(.token, [.delay(.seconds(3))]) }) {
            test in
            try await server.waitForCalls(asked + 1, to: .token)
            test.clock.advance(by: .seconds(2))
            try await reloaded(test, given(other))
            await hasToken(test)
            #expect(await test.broker.generation() == 1)
            #expect(server.calls(to: .token).last?.clientID == other.clientID)
        }
    }

    @Test("a token that could not be stored before the credentials changed is stored as what it was issued to")
    func unstored() async throws {
        try await with(prepare: { _ in kept.setOutOfDescriptors(true) }) { test in
            await hasToken(test)
            test.clock.advance(by: .seconds(2))
            try await reloaded(test, given(.unknown))
            await eventually("they are refused") { await test.broker.state() == .refused }
            kept.setOutOfDescriptors(false)
            await test.advance(by: .seconds(31))
            await eventually("it is stored") { kept.names == ["token-default-1"] }
        }
        try await with(.unknown) { test in
            await eventually("they are refused") { await test.broker.state() == .refused }
            #expect(test.log.entries(of: .storedTokenDropped).count == 1)
        }
    }

    @Test("a profile that is given what it has registered itself keeps its token; with others it starts anew")
    func fromRegistration() async throws {
        var setup = BrokerSetup()
        (setup.server, setup.kept) = (server, kept)
        let pair = pair
        try await withBroker(setup) { test in
            await hasToken(test)
            let token = await test.broker.token()
            let own = try await test.connect(as: .root).export()
            let credentials = ClientCredentials(clientID: own.clientID, clientSecret: own.clientSecret, issuedAt: nil)
            let asked = server.calls(to: .token).count
            try await reloaded(test, given(credentials))
            #expect(await test.broker.token() == token && server.calls(to: .token).count == asked)
            #expect(kept.names == ["token-default-1"])
            try await reloaded(test, given(pair).elsewhere())
            #expect(await test.broker.token() == nil)
            try await reloaded(test, .sample(server: server.baseURL))
            await hasToken(test)
            #expect(await test.broker.clientID() == own.clientID, "what it has on disk serves again")
        }
        #expect(server.calls(to: .register).count == 2)
    }
}

extension ResolvedProfile {
    /// The same on a server that does not answer.
    fileprivate func elsewhere() -> ResolvedProfile {
        var profile = self
        profile.server = "http://127.0.0.1:9"
        return profile
    }
}
