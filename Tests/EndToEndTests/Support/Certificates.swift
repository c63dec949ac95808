import AuthServerSimulator
import Testing

/// A throw-away authority and two servers' certificates, made by the `openssl` program.
struct Certificates {
    private let directory: TemporaryDirectory

    var authority: String { "\(directory.path)/authority.pem" }
    /// For 127.0.0.1.
    var right: TLSFiles { files("right") }
    /// For 0.0.0.0.
    var unspecified: TLSFiles { files("unspecified") }
    /// For another host.
    var wrongName: TLSFiles { files("wrong") }

    static func make() async throws -> Certificates {
        let certificates = Certificates(directory: try TemporaryDirectory())
        try await certificates.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-authority "
                + "-keyout \(certificates.directory.path)/authority.key -out \(certificates.authority)")
        try await certificates.sign(certificates.right, name: "IP:127.0.0.1")
        try await certificates.sign(certificates.unspecified, name: "IP:0.0.0.0")
        try await certificates.sign(certificates.wrongName, name: "DNS:elsewhere.example")
        return certificates
    }

    func remove() {
        directory.remove()
    }

    private func files(_ name: String) -> TLSFiles {
        TLSFiles(certificateChain: "\(directory.path)/\(name).pem", privateKey: "\(directory.path)/\(name).key")
    }

    private func sign(_ files: TLSFiles, name: String) async throws {
        let request = files.privateKey + ".request"
        try await openssl(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test-server "
                + "-addext subjectAltName=\(name) -keyout \(files.privateKey) -out \(request)")
        try await openssl(
            "x509 -req -in \(request) -CA \(authority) -CAkey \(directory.path)/authority.key -set_serial 7 -days 2 "
                + "-copy_extensions copy -out \(files.certificateChain)")
    }

    private func openssl(_ arguments: String) async throws {
        let result = try await FinishedProgram.run(
            "/usr/bin/env", ["openssl"] + arguments.split(separator: " ").map(String.init))
        try #require(result.status == 0, "openssl \(arguments): \(result.errors)")
    }
}
