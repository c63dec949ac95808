import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerState
import BearerUpstream
import NIOPosix
import TestSupport
import Testing

@testable import BearerService

extension SimulatedTime {
    /// Our share of what the server allows this host, against a server that throttles as Adobe does: 1 call a second, burst 10.
    @Suite("Budget", .serialized, .timeLimit(.minutes(2))) struct BudgetTests {
        private static let names = (0..<100).map { "profile-\($0)" }

        private func setup(_ names: [String]) -> BrokerSetup {
            var setup = BrokerSetup()
            setup.configuration.budget = Configuration().budget
            setup.simulator = SimulatorConfiguration(throttle: .adobe, clock: SimulatorClock(setup.clock))
            setup.profiles = { server in try names.map { try .sample($0, server: server) } }
            return setup
        }

        private func throttled(_ server: AuthServerSimulator) -> Int {
            server.calls.count { $0.outcome == .throttled }
        }

        @Test("a hundred profiles that start cold are ready as fast as the budget allows, and never throttled")
        func cold() async throws {
            try await withBroker(setup(Self.names)) { test in
                let start = test.clock.now().boot
                await test.live(.seconds(400), step: .seconds(1)) { await test.broker.tokenCount == 100 }
                #expect(await test.broker.tokenCount == 100)
                #expect(test.server.calls.count == 200)
                #expect(throttled(test.server) == 0)
                let took = test.clock.now().boot - start
                #expect(took < .seconds(215), "200 calls at one a second, of which the first is free: \(took)")
                #expect(test.registrations == 100)
            }
        }

        @Test("fifty quick restarts that keep no token are never throttled, and register once")
        func restarts() async throws {
            var setup = setup(["default"])
            let server = try await AuthServerSimulator.start(setup.simulator)
            setup.server = server
            for _ in 0..<50 {
                try await withBroker(setup) { test in
                    await test.live(.milliseconds(200), step: .milliseconds(100))
                }
            }
            #expect(throttled(server) == 0)
            #expect(server.calls(to: .register).count == 1)
            #expect(server.calls(to: .token).count >= 5, "the restarts do get on")
            await server.shutdown()
        }

        @Test("what the host's other programs use up costs time, and no profile goes without")
        func shared() async throws {
            let other = try UpstreamClient(
                configuration: UpstreamConfiguration(version: "other"))
            try await withBroker(setup(Array(Self.names.prefix(30)))) { test in
                var next = test.clock.now().boot
                await test.live(.seconds(600), step: .milliseconds(500)) {
                    // A call each two seconds: half of what the host may.
                    if test.clock.now().boot >= next {
                        next += .seconds(2)
                        let credentials = ClientCredentials(clientID: "other", clientSecret: Secret("x"), issuedAt: nil)
                        let server = UpstreamServer(test.server.baseURL, deviceInfo: DeviceInfo().headerValue)
                        _ = try? await other.requestToken(with: credentials, at: server)
                    }
                    return await test.broker.tokenCount == 30
                }
                #expect(await test.broker.tokenCount == 30)
                #expect(test.registrations >= 30)
                let answered = test.server.calls(to: .register).count { $0.outcome == .answered(status: 201) }
                #expect(answered == 30, "one registration each, however often it was throttled")
                // Of a budget of one a second, what the throttle lets through is half.
                #expect(throttled(test.server) <= 120)
            }
            other.shutdown()
        }

        static let records = [
            BudgetRecord(level: 0, writtenAt: .seconds(1_800_000_000)),
            BudgetRecord(level: 2.5, writtenAt: .seconds(1_800_000_000.25)),
            BudgetRecord(level: 4.9, writtenAt: .seconds(-5), pause: .seconds(90), wait: .seconds(134.5)),
            BudgetRecord(level: 0.1, writtenAt: .seconds(60), pause: .seconds(1.1), wait: .zero),
        ]

        @Test("what is left of the budget is remembered", arguments: records)
        func remembered(record: BudgetRecord) throws {
            let state = TemporaryDirectory()
            let directory = try StateDirectory.open(path: state.path, machineIDPath: "/nonexistent")
            #expect(directory.budget.load() == nil, "nothing is known")
            directory.budget.save(
                BudgetRecord(level: 1.125, writtenAt: .seconds(1e9), pause: .seconds(9), wait: .seconds(9)))
            directory.budget.save(record)
            #expect(state.mode(of: ".budget") == 0o600)
            #expect(directory.budget.load() == record)
        }

        @Test(
            "a note of the budget that makes no sense is none",
            arguments: [
                "", "x y\n", "-1 5\n", "nan 5\n", "1\n", "1 inf\n", "1 2 3\n", "1 2 3 x\n", "1 1e300\n", "1 2 3 4 5\n",
            ])
        func damaged(text: String) throws {
            let state = TemporaryDirectory()
            let directory = try StateDirectory.open(path: state.path, machineIDPath: "/nonexistent")
            state.write(text.utf8, to: ".budget")
            #expect(directory.budget.load() == nil)
        }

        @Test("a 429 slows the whole host down, and a restart remembers it")
        func slowdown() async throws {
            var setup = setup(["a", "b"])
            setup.configuration.budget = BrokerSetup().configuration.budget
            setup.simulator = SimulatorConfiguration(throttle: nil, clock: SimulatorClock(setup.clock))
            let server = try await AuthServerSimulator.start(setup.simulator)
            setup.server = server
            server.script(.register, [.throttled, .throttled], then: .throttled)
            try await withBroker(setup) { test in
                await test.live(.seconds(600), step: .milliseconds(500)) {
                    await test.broker.budgetPause >= .seconds(90)
                }
                #expect(await test.broker.budgetPause == .seconds(90))
                await test.live(.zero, step: .seconds(1))
                #expect(server.calls.count <= 5, "three steps, and two calls in flight together")
            }
            try await withBroker(setup) { test in
                #expect(await test.broker.budgetPause == .seconds(90))
                let before = server.calls.count
                await test.live(.seconds(30), step: .seconds(1))
                #expect(server.calls.count <= before + 1)
            }
            await server.shutdown()
        }
    }
}
