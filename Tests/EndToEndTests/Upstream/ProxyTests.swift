import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Proxy and environment")
    struct ProxyTests {
        /// 0.0.0.0 leads to this host, but is no loopback address: a proxy is used for it.
        private static let host = "0.0.0.0"

        @Test("a registration and a token come through a real proxy", .enabled(if: Tinyproxy.isInstalled))
        func tinyproxy() async throws {
            let certificates = try await Certificates.shared.value
            try await Host.run(.tls(certificates.files(.unspecified)), settings: "ca_file: \(certificates.authority)") {
                host in
                let proxy = try await Tinyproxy.start(in: host.directory)
                defer { proxy.stop() }
                try host.configure(
                    settings: "ca_file: \(certificates.authority)\nproxy: http://127.0.0.1:\(proxy.port)",
                    profile: "server: https://\(Self.host):\(host.simulator.port)")
                let daemon = try await host.start()
                #expect(host.simulator.isValid(try await daemon.token()))
                let tunnels = proxy.program.transcript.lines.filter { $0.contains("CONNECT \(Self.host):") }
                #expect(tunnels.count == 2, "one each for the registration and the token")
            }
        }

        @Test("a proxy that does not answer is named", .enabled(if: Tinyproxy.isInstalled))
        func unreachable() async throws {
            try await Host.run { host in
                let proxy = try await Tinyproxy.start(in: host.directory)
                proxy.stop()
                _ = try await proxy.program.end()
                try host.configure(
                    settings: "proxy: http://127.0.0.1:\(proxy.port)", profile: "server: https://\(Self.host):7")
                let daemon = try await host.start()
                try await daemon.line(
                    containing: "no connection to the proxy 127.0.0.1:\(proxy.port): Connection refused")
            }
        }

        @Test("no environment variable leads elsewhere, or has keys of TLS written down")
        func environment() async throws {
            let certificates = try await Certificates.shared.value
            try await Host.run(.tls(certificates.files(.unspecified)), settings: "ca_file: \(certificates.authority)") {
                host in
                // A server for which the daemon may take a proxy.
                try host.configure(
                    settings: "ca_file: \(certificates.authority)",
                    profile: "server: https://\(Self.host):\(host.simulator.port)")
                let keys = "\(host.directory)/keys"
                var environment = ["SSLKEYLOGFILE": keys, "NETRC": "/nonexistent", "HOME": host.directory]
                for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                    environment[name] = "http://127.0.0.1:9"
                }
                let daemon = try await host.start(environment: environment)
                #expect(host.simulator.isValid(try await daemon.token()))
                #expect(access(keys, F_OK) != 0)
            }
        }
    }
}

/// A proxy of the distribution's, on loopback.
private struct Tinyproxy {
    let program: RunningProgram
    let port: Int

    private static let path = "/usr/bin/tinyproxy"

    static var isInstalled: Bool { access(path, X_OK) == 0 }

    static func start(in directory: String) async throws -> Tinyproxy {
        let port = try freePort()
        let file = "\(directory)/tinyproxy.conf"
        try Files.write(
            """
            Port \(port)
            Listen 127.0.0.1
            Timeout 30
            LogLevel Info
            Allow 127.0.0.1
            """, to: file)
        let program = try await RunningProgram.start(path, ["-d", "-c", file])
        _ = try await program.transcript.line(containing: "Accepting connections")
        return Tinyproxy(program: program, port: port)
    }

    func stop() {
        program.signal(SIGTERM)
    }

    /// One that nobody listens on at this moment: tinyproxy cannot choose one itself.
    private static func freePort() throws -> Int {
        let (descriptor, port) = try loopbackSocket()
        defer { close(descriptor) }
        return port
    }
}
