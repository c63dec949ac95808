import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

extension SimulatedTime {
    /// Client credentials that the server turns down: what is asked of it, and what becomes of the credentials. Tokens of six
    /// hours.
    @Suite("Credentials turned down", .serialized, .timeLimit(.minutes(2))) struct TurnedDownTests {
        private func setup(
            _ reregister: Reregistration = .automatic, state: TemporaryDirectory = TemporaryDirectory(),
            clock: TestClock = TestClock(), server: AuthServerSimulator? = nil
        ) -> BrokerSetup {
            var setup = BrokerSetup()
            (setup.state, setup.clock, setup.server) = (state, clock, server)
            setup.simulator = SimulatorConfiguration(throttle: nil, clock: SimulatorClock(clock))
            setup.profiles = { server in
                var profile = try ResolvedProfile.sample(server: server, renewal: RenewalPolicy(at: 0.8, jitter: 0))
                try profile.register { $0.reregister = reregister }
                return [profile]
            }
            return setup
        }

        /// Two minutes before the first renewal, in steps of a minute.
        private static let beforeRenewal = Duration.seconds(17_280 - 120)

        /// The names that the credentials of the profile are kept under, without what tells servers and statements apart.
        private func kept(_ state: TemporaryDirectory) -> (current: Int, retired: Int) {
            let names = state.names(in: "default").filter { $0.hasPrefix("client-") }
            return (names.count { $0.hasSuffix(".json") }, names.count { $0.contains(".json.retired-") })
        }

        @Test("once: asked again, nothing replaced")
        func once() async throws {
            try await withBroker(setup()) { test in
                await test.live(Self.beforeRenewal, step: .seconds(60))
                let client = await test.broker.clientID()
                test.server.script(.token, [.error("invalid_client")])
                await test.live(.seconds(240), step: .seconds(1)) { await test.broker.generation() == 2 }
                #expect(test.log.entries(of: .credentialsRejected).count == 1)
                #expect(await test.broker.generation() == 2)
                #expect(test.registrations == 1 && test.tokenRequests == 3)
                #expect(await test.broker.clientID() == client)
                #expect(kept(test.state) == (1, 0))
            }
        }

        @Test("for ten minutes: the current token is served, nothing replaced")
        func tenMinutes() async throws {
            try await withBroker(setup()) { test in
                await test.live(Self.beforeRenewal, step: .seconds(60))
                test.server.script(.token, [], then: .error("invalid_client"))
                await test.live(.seconds(720), step: .seconds(1)) {
                    #expect(await test.broker.tokenCount == 1)
                    return false
                }
                #expect(await test.broker.state() == .degraded)
                test.server.script(.token, [])
                await test.live(.seconds(310), step: .seconds(1)) { await test.broker.generation() == 2 }
                #expect(await test.broker.state() == .ready)
                // Eight until the cap of five minutes is reached, then one each 150 s on average.
                #expect(test.registrations == 1 && test.tokenRequests <= 18)
                #expect(test.log.entries(of: .credentialsRejected).count == 1)
                #expect(kept(test.state) == (1, 0))
            }
        }

        @Test(
            "for good, after months: replaced once, when nearly nothing is left of the token; the old ones are archived"
        )
        func forGood() async throws {
            try await withBroker(setup()) { test in
                await test.live(.seconds(86_400 * 90), step: .seconds(8_640))
                #expect(test.registrations == 1)
                let old = await test.broker.clientID()
                test.server.revokeClients()
                await test.live(.seconds(21_600), step: .seconds(10)) {
                    #expect(await test.broker.tokenCount == 1)
                    return await test.broker.state() == .ready && test.registrations == 2
                }
                #expect(test.registrations == 2)
                #expect(await test.broker.clientID() != old)
                #expect(kept(test.state) == (1, 1))
                await test.live(.seconds(86_400), step: .seconds(2_160))
                #expect(test.registrations == 2, "the new ones serve")
                #expect(test.log.entries(of: .registered).count == 2)
            }
        }

        @Test("never: no registration, the token served to its end, asked again until the server knows us")
        func never() async throws {
            try await withBroker(setup(.never)) { test in
                await test.live(Self.beforeRenewal, step: .seconds(60))
                test.server.script(.token, [], then: .error("invalid_client"))
                await test.live(.seconds(6_000), step: .seconds(15))
                #expect(test.registrations == 1)
                #expect(await test.broker.tokenCount == 0)
                #expect(await test.broker.state() == .degraded)
                #expect(test.log.entries(of: .credentialsRejected).count == 1)
                test.server.script(.token, [])
                await test.live(.seconds(60), step: .seconds(1))
                #expect(await test.broker.state() == .ready)
                #expect(test.registrations == 1 && kept(test.state) == (1, 0))
            }
        }

        @Test("at most one replacement in 24 hours, over restarts")
        func restarts() async throws {
            let (state, clock) = (TemporaryDirectory(), TestClock())
            let server = try await AuthServerSimulator.start(
                SimulatorConfiguration(throttle: nil, clock: SimulatorClock(clock)))
            func life(_ duration: Duration, step: Duration = .seconds(20)) async throws {
                try await withBroker(setup(state: state, clock: clock, server: server)) { test in
                    await test.live(duration, step: step)
                }
            }
            try await life(.seconds(10), step: .seconds(1))
            server.script(.token, [], then: .error("invalid_client"))
            // Each life is long enough to confirm the rejection.
            for _ in 0..<5 { try await life(.seconds(600)) }
            #expect(server.calls(to: .register).count == 2, "the first, and one replacement")
            clock.advance(by: .seconds(86_400 - 4_000))
            try await life(.seconds(600))
            #expect(server.calls(to: .register).count == 2)
            clock.advance(by: .seconds(4_000))
            try await life(.seconds(600))
            #expect(server.calls(to: .register).count == 3)
            #expect(kept(state) == (1, 2))
            await server.shutdown()
        }

        @Test("a revoked statement does not cost the old credentials")
        func statementRevoked() async throws {
            try await withBroker(setup()) { test in
                await test.live(.seconds(10), step: .seconds(1))
                let old = await test.broker.clientID()
                test.server.script(.token, [], then: .error("invalid_client"))
                test.server.script(.register, [], then: .error("invalid_software_statement"))
                await test.live(.seconds(21_600 + 7_200), step: .seconds(20))
                #expect(await test.broker.state() == .refused)
                #expect(await test.broker.clientID() == old)
                #expect(kept(test.state) == (1, 0))
                #expect(test.registrations <= 12, "one each 15 minutes: \(test.registrations)")
                test.server.script(.token, [])
                await test.live(.seconds(901), step: .seconds(20))
                #expect(await test.broker.state() == .ready)
                #expect(await test.broker.clientID() == old)
            }
        }

        enum Change: CaseIterable { case server, statement }

        @Test(
            "replaced by a reload and put back: each pair registers once, and the first serves again",
            arguments: Change.allCases)
        func changedAndBack(change: Change) async throws {
            let other = try await AuthServerSimulator.start(SimulatorConfiguration(throttle: nil))
            try await withBroker(setup()) { test in
                await test.live(.seconds(10), step: .seconds(1))
                let first = await test.broker.clientID()
                let root = try await test.connect(as: .root)
                func reload(_ profile: ResolvedProfile) async throws {
                    test.reloads.prepare([profile])
                    _ = try await root.line(after: #"{"op":"reload"}"#)
                    await test.live(.seconds(10), step: .seconds(1)) { await test.broker.tokenCount == 1 }
                    #expect(await test.broker.tokenCount == 1)
                }
                let original = try ResolvedProfile.sample(server: test.server.baseURL)
                var changed = original
                switch change {
                case .server: changed.server = other.baseURL
                case .statement:
                    let other = try SoftwareStatement(cleaning: Secret("othr.b3RoZXI.b3RoZXI"))
                    try changed.register { $0.statement = other }
                }
                for _ in 0..<2 {
                    try await reload(changed)
                    #expect(await test.broker.clientID() != first)
                    try await reload(original)
                    #expect(await test.broker.clientID() == first)
                }
                #expect(test.registrations + other.calls(to: .register).count == 2)
                #expect(kept(test.state) == (2, 0))
            }
            await other.shutdown()
        }

        @Test("the old credentials stay in use until the new ones are there", arguments: [Fault.status(503), .hang])
        func oldStay(fault: Fault) async throws {
            try await withBroker(setup()) { test in
                await test.live(.seconds(10), step: .seconds(1))
                let old = await test.broker.clientID()
                test.server.script(.register, [fault])
                let root = try await test.connect(as: .root)
                root.send(#"{"op":"register","force":true}"#)
                try await test.server.waitForCalls(2, to: .register)
                #expect(kept(test.state) == (1, 0))
                if fault == .hang { return }
                #expect(try await root.reply().error().code == .temporarilyUnavailable)
                await test.live(.seconds(60), step: .seconds(1))
                #expect(await test.broker.clientID() == old)
                #expect(await test.broker.state() == .ready)
                #expect(kept(test.state) == (1, 0))
            }
        }
    }
}
