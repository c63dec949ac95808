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

    private func registration(at simulator: AuthServerSimulator) -> RegistrationRequest {
        var request = TestClient.registration(to: simulator.baseURL)
        request.deviceInfo = DeviceInfo().headerValue
        return request
    }

    @Test("a registration and its token are as documented")
    func documented() async throws {
        try await withSimulator { simulator, client in
            let request = registration(at: simulator)
            let credentials = try await client.register(request)
            #expect(credentials.issuedAt != nil)
            let grant = try await client.requestToken(
                TokenGrantRequest(server: simulator.baseURL, credentials: credentials, deviceInfo: request.deviceInfo))
            #expect(grant.lifetime == .seconds(21_600))
            #expect(grant.value.withBytes { simulator.isValid(String(decoding: $0, as: UTF8.self)) })
        }
    }

    @Test("a revoked client is told so")
    func revoked() async throws {
        try await withSimulator { simulator, client in
            let request = registration(at: simulator)
            let credentials = try await client.register(request)
            simulator.revokeClients()
            do throws(ExchangeFailure) {
                _ = try await client.requestToken(
                    TokenGrantRequest(
                        server: simulator.baseURL, credentials: credentials, deviceInfo: request.deviceInfo))
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
            _ = try await client.register(registration(at: simulator))
            do throws(ExchangeFailure) {
                _ = try await client.register(registration(at: simulator))
                Issue.record("was not throttled")
            } catch {
                #expect(error.reason == .status(429))
            }
        }
    }
}
