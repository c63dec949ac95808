import AuthServerSimulator
import TestSupport
import Testing

@Suite("TLS")
struct TLSTests {
    private func files(_ certificates: Certificates) -> TLSFiles {
        TLSFiles(certificateChain: certificates.chain(.loopback), privateKey: certificates.key(.loopback))
    }

    @Test("HTTPS is served with the given certificate, resets included")
    func serves() async throws {
        let certificates = try await Certificates.shared.value
        try await withSimulator(SimulatorConfiguration(tls: files(certificates), throttle: nil)) { simulator in
            #expect(simulator.baseURL == "https://127.0.0.1:\(simulator.port)")
            let client = try TLSContext(trusting: certificates.authority)
            simulator.script(.token, [.answer, .resetAfter(bytes: 30), .reset])
            let answered = try await WireClient.exchange(.token(), port: simulator.port, tls: client)
            let broken = try await WireClient.exchange(.token(), port: simulator.port, tls: client)
            let reset = try await WireClient.exchange(.token(), port: simulator.port, tls: client)
            #expect(answered.status == 400)
            #expect(broken.bytes.count == 30)
            #expect([broken.end, reset.end] == [.reset, .reset])
            #expect(reset.bytes.isEmpty)
        }
    }

    @Test("a client that does not trust the certificate is no protocol violation")
    func distrust() async throws {
        let certificates = try await Certificates.shared.value
        try await withSimulator(SimulatorConfiguration(tls: files(certificates))) { simulator in
            let client = try TLSContext(trusting: nil)
            let reply = try await WireClient.exchange(.token(), port: simulator.port, tls: client)
            #expect(reply.bytes.isEmpty)
            #expect(simulator.calls.isEmpty)
        }
    }

    @Test("files that cannot be used are an error that names them")
    func unusable() async throws {
        let files = TLSFiles(certificateChain: "/nowhere/chain.pem", privateKey: "/nowhere/key.pem")
        let error = await #expect(throws: SimulatorError.self) {
            try await AuthServerSimulator.start(SimulatorConfiguration(tls: files))
        }
        #expect(error?.description.contains("/nowhere/chain.pem") == true)
    }
}
