import AuthServerSimulator
import BearerCore
import BearerUpstream
import Testing

/// Against a server that refuses whatever is not as documented.
@Suite("The simulated authorization server", .timeLimit(.minutes(1)))
struct SimulatorTests {
    private func withSimulator(_ body: (AuthServerSimulator, UpstreamClient) async throws -> Void) async throws {
        let simulator = try await AuthServerSimulator.start()
        try await TestClient.with { try await body(simulator, $0) }
        #expect(simulator.violations.isEmpty)
        await simulator.shutdown()
    }

    private func register(
        _ client: UpstreamClient, at server: UpstreamServer
    ) async throws(ExchangeFailure) -> ClientCredentials {
        try await client.register(
            Secret(TestClient.statement), redirectURI: "adobepass://com.programmer", at: server)
    }

    private func address(of simulator: AuthServerSimulator) -> UpstreamServer {
        UpstreamServer(simulator.baseURL, deviceInfo: DeviceInfo().headerValue)
    }

    @Test("a registration and its token are as documented")
    func documented() async throws {
        try await withSimulator { simulator, client in
            let server = address(of: simulator)
            let credentials = try await register(client, at: server)
            #expect(credentials.issuedAt != nil)
            let grant = try await client.requestToken(with: credentials, at: server)
            #expect(grant.lifetime == .seconds(21_600))
            #expect(grant.value.withBytes { simulator.isValid(String(decoding: $0, as: UTF8.self)) })
        }
    }

    @Test("a revoked client is told so")
    func revoked() async throws {
        try await withSimulator { simulator, client in
            let server = address(of: simulator)
            let credentials = try await register(client, at: server)
            simulator.revokeClients()
            do throws(ExchangeFailure) {
                _ = try await client.requestToken(with: credentials, at: server)
                Issue.record("a token was granted")
            } catch {
                #expect(error.reason == .oauth(.invalidClient))
            }
        }
    }

    @Test("the throttle's reply is a 429")
    func throttled() async throws {
        try await withSimulator { simulator, client in
            simulator.setThrottle(Throttle(rate: 0.001, burst: 1))
            _ = try await register(client, at: address(of: simulator))
            do throws(ExchangeFailure) {
                _ = try await register(client, at: address(of: simulator))
                Issue.record("was not throttled")
            } catch {
                #expect(error.reason == .status(429))
            }
        }
    }
}
