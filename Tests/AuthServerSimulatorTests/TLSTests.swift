import AuthServerSimulator
import Glibc
import Testing

/// Needs the `openssl` program: the certificate is made when the test runs, so that no key lies in the repository.
@Suite("TLS")
struct TLSTests {
    @Test("HTTPS is served with the given certificate, resets included")
    func serves() async throws {
        try await withCertificate { files in
            try await withSimulator(SimulatorConfiguration(tls: files, throttle: nil)) { simulator in
                #expect(simulator.baseURL == "https://127.0.0.1:\(simulator.port)")
                let client = try TLSContext(trusting: files.certificateChain)
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
    }

    @Test("a client that does not trust the certificate is no protocol violation")
    func distrust() async throws {
        try await withCertificate { files in
            try await withSimulator(SimulatorConfiguration(tls: files)) { simulator in
                let client = try TLSContext(trusting: nil)
                let reply = try await WireClient.exchange(.token(), port: simulator.port, tls: client)
                #expect(reply.bytes.isEmpty)
                #expect(simulator.calls.isEmpty)
            }
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

    /// Runs `body` with a self-signed certificate in a directory that is removed afterwards.
    private func withCertificate(_ body: (TLSFiles) async throws -> Void) async throws {
        var template = Array("/tmp/simulator-tls.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let files = TLSFiles(certificateChain: directory + "/chain.pem", privateKey: directory + "/key.pem")
        defer {
            unlink(files.certificateChain)
            unlink(files.privateKey)
            rmdir(directory)
        }
        try await makeCertificate(files)
        try await body(files)
    }

    @concurrent
    private func makeCertificate(_ files: TLSFiles) async throws {
        let command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=simulator"
            + " -keyout '\(files.privateKey)' -out '\(files.certificateChain)' 2>/dev/null"
        try #require(system(command) == 0, "openssl must be installed")
    }
}
