import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

extension SimulatedTime {
    /// Clocks that are stepped, and hosts that sleep: tokens of six hours unless a test says otherwise.
    @Suite("Clocks", .serialized, .timeLimit(.minutes(2))) struct ClockTests {
        private static let lifetime = Duration.seconds(21_600)

        private func setup(lifetime: Int = 21_600) -> BrokerSetup {
            var setup = BrokerSetup()
            setup.simulator = SimulatorConfiguration(
                throttle: nil, tokenLifetime: lifetime, clock: SimulatorClock(setup.clock))
            return setup
        }

        private static let day = Duration.seconds(86_400)
        private static let decade = day * 3_652

        @Test("a step back does not lengthen a token's life, and the next ones are obtained", arguments: [day, decade])
        func back(step: Duration) async throws {
            try await withBroker(setup()) { test in
                let client = try await test.connect()
                let first = try await client.ask(#"{"op":"token"}"#).token()
                await test.stepWall(by: .zero - step)
                let stepped = try await client.ask(#"{"op":"token"}"#).token()
                #expect(stepped.token == first.token && stepped.expiresIn <= first.expiresIn)
                // Nobody answers any more: what is left is the first token's own life, by the clock that goes on.
                test.server.script(.token, [], then: .status(503))
                await test.live(Self.lifetime - .seconds(120), step: .seconds(60))
                #expect(try await client.ask(#"{"op":"token"}"#).token().token == first.token)
                await test.live(.seconds(180), step: .seconds(60))
                #expect(try await client.ask(#"{"op":"token","wait":0}"#).error().code == .temporarilyUnavailable)
                test.server.script(.token, [])
                await test.live(.seconds(31), step: .seconds(1))
                #expect(try await client.ask(#"{"op":"token","wait":0}"#).token().token != first.token)
                #expect(test.registrations == 1)
            }
        }

        @Test(
            "a step forward past its end ends its service, and a renewal comes within a second",
            arguments: [day, decade])
        func forward(step: Duration) async throws {
            try await withBroker(setup()) { test in
                let client = try await test.connect()
                let first = try await client.ask(#"{"op":"token"}"#).token()
                test.server.script(.token, [.hang])
                test.clock.stepWall(by: step)
                #expect(try await client.ask(#"{"op":"token","wait":0}"#).error().code == .temporarilyUnavailable)
                await test.broker.doWhatIsDue()
                try await test.server.waitForCalls(2, to: .token)
                #expect(test.server.isValid(first.token.text), "it is, by the server: this is by decision")
            }
            try await withBroker(setup()) { test in
                let client = try await test.connect()
                let first = try await client.ask(#"{"op":"token"}"#).token()
                await test.live(.seconds(2), step: .seconds(1))
                await test.stepWall(by: step)
                let second = try await client.ask(#"{"op":"token","wait":0}"#).token()
                #expect(second.token != first.token && second.expiresIn > 21_500)
                await test.stepWall(by: .zero - step)
                #expect(try await client.ask(#"{"op":"token","wait":0}"#).token().token == second.token)
                #expect(test.tokenRequests == 2 && test.registrations == 1)
            }
        }

        @Test("after a week of suspend the old token is not served, and a new one is there at once")
        func suspend() async throws {
            try await withBroker(setup()) { test in
                let client = try await test.connect()
                let first = try await client.ask(#"{"op":"token"}"#).token()
                test.clock.advance(by: Self.day * 7)
                #expect(try await client.ask(#"{"op":"token","wait":0}"#).error().code == .temporarilyUnavailable)
                await test.broker.doWhatIsDue()
                let second = try await client.ask(#"{"op":"token"}"#).token()
                #expect(second.token != first.token && test.server.isValid(second.token.text))
                #expect(test.tokenRequests == 2 && test.registrations == 1)
            }
        }

        @Test("tokens of two seconds for five minutes: one call a second at most, and never an expired token")
        func shortTokens() async throws {
            try await withBroker(setup(lifetime: 2)) { test in
                let client = try await test.connect()
                _ = try await client.ask(#"{"op":"token"}"#).token()
                var served = 0
                let start = test.clock.now().boot
                while test.clock.now().boot < start + .seconds(300) {
                    await test.advance(by: .milliseconds(250))
                    await test.settle()
                    if case .token(let reply) = try await client.ask(#"{"op":"token","wait":0}"#) {
                        served += 1
                        #expect(test.server.isValid(reply.token.text) && reply.expiresIn >= 1)
                    }
                }
                #expect((150...301).contains(test.tokenRequests), "\(test.tokenRequests) calls")
                // A token of two seconds serves for one.
                #expect(served > 500, "\(served) replies with a token")
                #expect(test.registrations == 1)
            }
        }
    }
}
