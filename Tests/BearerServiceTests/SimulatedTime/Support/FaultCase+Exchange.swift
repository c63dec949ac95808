import AuthServerSimulator
import BearerCore
import BearerUpstream
import NIOPosix
import TestSupport

extension FaultCase {
    /// What an endpoint has to say.
    enum Outcome: Sendable {
        /// A token, or client credentials, which have no lifetime.
        case accepted(lifetime: Duration?)
        case failed(ExchangeFailure)
    }

    /// The secrets of the request; everything secret in an answer is called `canary`.
    static let secrets = ["c3RhdGVtZW50", "s3cret", "canary"]

    /// Asks a real server that is unwell in this way with the real client. A limit on time that the fault runs into is
    /// shortened.
    func outcome() async throws -> Outcome {
        switch cause {
        case .refused:
            let simulator = try await AuthServerSimulator.start()
            await simulator.shutdown()
            return try await ask(simulator.baseURL)
        case .blackHole:
            let backlog = try FullBacklog()
            return try await ask(
                "http://127.0.0.1:\(backlog.port)", limits: UpstreamLimits(connect: .milliseconds(300)))
        case .unresolved:
            // A label too long to be asked for.
            return try await ask("https://\(String(repeating: "a", count: 64)).invalid")
        case .certificate(let shown, let isAuthorityKnown):
            let certificates = try await Certificates.shared.value
            let trust = TrustRoots.file(isAuthorityKnown ? certificates.authority : certificates.otherAuthority)
            let simulator = try await AuthServerSimulator.start(
                SimulatorConfiguration(
                    tls: TLSFiles(certificateChain: certificates.chain(shown), privateKey: certificates.key(shown))))
            return try await ask(simulator, trust: trust)
        case .plain:
            let simulator = try await AuthServerSimulator.start()
            let outcome = try await ask("https://127.0.0.1:\(simulator.port)")
            await simulator.shutdown()
            return outcome
        case .answer(let fault):
            let simulator = try await AuthServerSimulator.start()
            simulator.script(endpoint, [], then: fault)
            let isSlow = takes == UpstreamLimits().exchange
            return try await ask(
                simulator, limits: isSlow ? UpstreamLimits(exchange: .seconds(1)) : UpstreamLimits())
        }
    }

    private func ask(
        _ simulator: AuthServerSimulator, trust: TrustRoots = .system, limits: UpstreamLimits = UpstreamLimits()
    ) async throws -> Outcome {
        let outcome = try await ask(simulator.baseURL, trust: trust, limits: limits)
        await simulator.shutdown()
        return outcome
    }

    private func ask(
        _ server: String, trust: TrustRoots = .system, limits: UpstreamLimits = UpstreamLimits()
    ) async throws -> Outcome {
        let configuration = UpstreamConfiguration(
            version: "1.2.3", trust: trust, limits: limits, wallClock: { .seconds(784_111_777) })
        let client = try UpstreamClient(
            configuration: configuration)
        let outcome = await ask(client, server)
        client.shutdown()
        return outcome
    }

    private func ask(_ client: UpstreamClient, _ baseURL: String) async -> Outcome {
        let server = UpstreamServer(baseURL, deviceInfo: DeviceInfo().headerValue)
        let statement = Secret("eyJhbGciOiJSUzI1NiJ9.c3RhdGVtZW50.c2lnbmF0dXJl")
        do throws(ExchangeFailure) {
            guard endpoint == .token else {
                _ = try await client.register(statement, at: server)
                return .accepted(lifetime: nil)
            }
            // Some faults spoil the answer to a client that the server knows.
            let credentials =
                if case .answer = cause {
                    try await client.register(statement, at: server)
                } else {
                    ClientCredentials(clientID: "id", clientSecret: Secret("s3cret"), issuedAt: nil)
                }
            let grant = try await client.requestToken(with: credentials, at: server)
            return .accepted(lifetime: grant.lifetime)
        } catch {
            return .failed(error)
        }
    }
}
