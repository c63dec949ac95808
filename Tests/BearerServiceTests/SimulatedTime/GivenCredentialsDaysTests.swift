import AuthServerSimulator
import BearerCore
import TestSupport
import Testing

@testable import BearerService

extension SimulatedTime {
    /// A profile that is given its client credentials, over days. Tokens of six hours.
    @Suite("Given credentials over days", .serialized, .timeLimit(.minutes(2))) struct GivenCredentialsDaysTests {
        @Test("turned down for days: never a registration, four questions an hour, and well again with others")
        func turnedDown() async throws {
            let clock = TestClock()
            let server = try await AuthServerSimulator.start(
                SimulatorConfiguration(throttle: nil, clock: SimulatorClock(clock)))
            let first = try await ClientCredentials.registered(with: server)
            var setup = BrokerSetup()
            (setup.server, setup.clock) = (server, clock)
            setup.profiles = { [try ResolvedProfile.sample(server: $0).given(first)] }
            try await withBroker(setup) { test in
                await test.live(.seconds(86_400), step: .seconds(600))
                server.revokeClients()
                await test.live(.seconds(21_600), step: .seconds(60))
                #expect(await test.broker.state() == .refused)
                #expect(await test.broker.tokenCount == 0)
                let asked = test.tokenRequests
                await test.live(.seconds(2 * 86_400), step: .seconds(60))
                #expect((180...192).contains(test.tokenRequests - asked), "\(test.tokenRequests - asked)")
                #expect(test.registrations == 1)
                #expect(test.log.entries(of: .profileRefused).count == 1)
                #expect(await test.broker.hold() == .zero)
                let second = try await ClientCredentials.registered(with: server)
                test.reloads.prepare([try ResolvedProfile.sample(server: server.baseURL).given(second)])
                _ = try await test.connect(as: .root).line(after: #"{"op":"reload"}"#)
                await test.live(.seconds(10), step: .seconds(1))
                #expect(await test.broker.state() == .ready)
                #expect(test.registrations == 2, "both of other hosts")
            }
            await server.shutdown()
        }
    }
}
