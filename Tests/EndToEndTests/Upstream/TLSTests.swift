import AuthServerSimulator
import TestSupport
import Testing

extension EndToEnd {
    @Suite("TLS")
    struct TLSTests {
        @Test("a server whose certificate leads to ca_file is trusted")
        func caFile() async throws {
            let certificates = try await Certificates.shared.value
            try await Host.run(.tls(certificates.files(.loopback)), settings: "ca_file: \(certificates.authority)") {
                host in
                let daemon = try await host.start()
                #expect(host.simulator.isValid(try await daemon.token()))
            }
        }

        @Test("so is one whose certificate leads to $SSL_CERT_FILE")
        func environment() async throws {
            let certificates = try await Certificates.shared.value
            try await Host.run(.tls(certificates.files(.loopback))) { host in
                let daemon = try await host.start(environment: ["SSL_CERT_FILE": certificates.authority])
                #expect(host.simulator.isValid(try await daemon.token()))
            }
        }

        enum Distrusted: CaseIterable {
            case wrongName, unknownAuthority
        }

        @Test("a wrong name and an unknown authority are refused, and nothing is sent", arguments: Distrusted.allCases)
        func distrusted(case: Distrusted) async throws {
            let certificates = try await Certificates.shared.value
            let isNameWrong = `case` == .wrongName
            try await Host.run(.tls(isNameWrong ? certificates.files(.wrongName) : certificates.files(.loopback))) {
                host in
                let daemon = try await host.start(
                    environment: isNameWrong ? ["SSL_CERT_FILE": certificates.authority] : [:])
                try await daemon.line(containing: "registration failed")
                #expect(try await daemon.ask(#"{"op":"token","wait":0}"#).error == "temporarily_unavailable")
                #expect(host.simulator.calls.filter { $0.endpoint != .other } == [])
            }
        }
    }
}

extension Certificates {
    func files(_ server: Server) -> TLSFiles {
        TLSFiles(certificateChain: chain(server), privateKey: key(server))
    }
}

extension SimulatorConfiguration {
    static func tls(_ files: TLSFiles) -> SimulatorConfiguration {
        SimulatorConfiguration(tls: files, throttle: nil)
    }
}
