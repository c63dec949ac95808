import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerLoop
import BearerProtocol
import BearerState
import TestSupport
import Testing

@testable import BearerService

@Suite("A stop of the broker", .serialized, .timeLimit(.minutes(1))) struct StopTests {
    /// Two profiles with statements of their own.
    private func twoProfiles() -> BrokerSetup {
        var setup = BrokerSetup()
        setup.profiles = { server in
            try ["one", "two"].map { name in
                try .sample(name, server: server, statement: "\(name)statement.Y2FuYXJ5.c2lnbmF0dXJl")
            }
        }
        return setup
    }

    @Test("nothing is sent upstream from that instant, whatever clients ask and whatever is due")
    func nothingIsBegun() async throws {
        try await withBroker(.withToken()) { test in
            let root = try await test.connect(as: .root)
            await test.broker.stop()
            for request in [
                #"{"op":"renew","rejected":"\#(Canary.token)","wait":60}"#, #"{"op":"token","min_valid":3600}"#,
                #"{"op":"register","force":true}"#, #"{"op":"reload"}"#,
            ] {
                let error = try await root.ask(request).error()
                #expect(error.code == .temporarilyUnavailable && error.description.contains("stopping"), "\(request)")
            }
            _ = try await root.ask(#"{"op":"token"}"#).token()
            await test.advance(by: .seconds(3601))
            #expect(try await root.ask(#"{"op":"token","wait":60}"#).error().description.contains("stopping"))
            #expect(test.server.calls.isEmpty)
        }
    }

    @Test("a registration that waits for its turn is answered at the end")
    func waitingRegistration() async throws {
        var setup = BrokerSetup()
        setup.configuration.budget.rate = 0.001
        setup.configuration.budget.burst = 1
        try await withBroker(setup) { test in
            await eventually("it is registered") { await test.broker.clientID() != nil }
            let client = try await test.connect(as: .root)
            client.send(#"{"op":"register","force":true,"id":1}"#)
            await eventually("it waits") { await test.broker.registrantCount() == 1 }
            await eventually("the first one is over") { await !test.broker.isRegistering() }
            await test.broker.stop()
            async let end: Void = test.broker.endConnections(within: .seconds(20))
            #expect(try await client.line().contains("stopping"))
            await client.close()
            await end
        }
    }

    @Test("a unit whose credential would have to be waited for is told at once")
    func credentials() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            await test.broker.stop()
            let unit = try await test.load(systemdAddress("player.service", "access_token"))
            #expect(await unit.rest().count == 1_048_577)
            #expect(test.log.entries(of: .credentialRefused).first?.message.contains("stopping") == true)
        }
    }

    @Test("a registration whose intent was just written is not sent, and the intent is withdrawn")
    func notSent() async throws {
        var gate: Pipe?
        defer { gate?.signal() }
        try await withBroker(prepare: { gate = await $0.holdDisk() }) { test in
            await eventually("it is about to be sent") { await test.broker.isRegistering() }
            await test.broker.stop()
            gate?.signal()
            await test.ended()
            #expect(test.server.calls.isEmpty)
            let profile = try ResolvedProfile.sample(server: test.server.baseURL)
            let files = ProfileFiles(test.directory, key: try profile.storedKey)
            #expect(try files.history.load(now: .zero).record == RegistrationRecord(unanswered: 0))
        }
    }

    @Test("a registration in flight comes back and is saved")
    func registrationComesBack() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(300))]) }) { test in
            try await test.server.waitForCalls(1, to: .register)
            await test.broker.stop()
            await test.ended()
            let client = try #require(test.server.calls(to: .register).first?.clientID)
            #expect(await test.broker.clientID() == client)
            let name = try #require(test.state.names(in: "default").first { $0.hasPrefix("client-") })
            let text = String(decoding: test.state.read("default/\(name)") ?? [], as: UTF8.self)
            #expect(text.contains(client))
            // Its token is for the next process to ask for.
            #expect(test.tokenRequests == 0)
        }
    }

    @Test("it has 4 s for that from the stop on, however long clients take to be gone; then it was not answered")
    func registrationHasFourSeconds() async throws {
        try await withBroker(isTimeTold: true, prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let deaf = try await test.deafClient()
            try await test.server.waitForCalls(1, to: .register)
            await test.broker.stop()
            async let drained: Void = test.broker.endConnections(within: .seconds(2))
            await eventually("clients are waited for") { await test.broker.isWaitingForConnections }
            try await test.advanceTimers(by: .milliseconds(3_999))
            #expect(await test.broker.isRegistering())
            try await test.advanceTimers(by: .milliseconds(1))
            await test.ended()
            await drained
            #expect(await !test.broker.isRegistering())
            let profile = try ResolvedProfile.sample(server: test.server.baseURL)
            let files = ProfileFiles(test.directory, key: try profile.storedKey)
            #expect(try files.history.load(now: test.clock.now().wall).record.unanswered == 1)
            await deaf.close()
        }
    }

    @Test("a token request in flight is given up at once, beside a registration that is not")
    func tokenRequests() async throws {
        try await withBroker(
            twoProfiles(),
            prepare: { test in
                test.server.script(.register, [.answer, .delay(.seconds(1))])
                test.server.script(.token, [], then: .hang)
            }
        ) { test in
            try await test.server.waitForCalls(2, to: .register)
            try await test.server.waitForCalls(1, to: .token)
            let start = ContinuousClock.now
            await test.broker.stop()
            await test.ended()
            #expect(ContinuousClock.now - start < .seconds(4))
            #expect(test.log.entries(of: .registered).count == 2)
            #expect(test.log.entries(of: .renewalFailed).isEmpty)
        }
    }
}
