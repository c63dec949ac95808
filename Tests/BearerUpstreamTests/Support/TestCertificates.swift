import Glibc
import NIOPosix
import NIOSSL
import Testing

/// A throw-away authority and the certificates it signs, made by the `openssl` program, which must be installed.
struct TestCertificates: Sendable {
    /// Names of the files within ``directory``, without `.pem` and `.key`.
    enum Server: String, CaseIterable {
        case good, wrongName, expired, selfSigned
        /// For the address 127.0.0.1 and no name.
        case address
        /// For the address ::1 and no name.
        case address6
        /// For a name that no resolver knows.
        case proxied
    }

    let directory: String

    /// Made once, on a thread of its own: to wait for `openssl` would keep other tests from running.
    static let shared = Task { try await NIOThreadPool.singleton.runIfActive { try TestCertificates() } }

    var authority: String { "\(directory)/authority.pem" }
    /// Has signed nothing that a server here shows.
    var otherAuthority: String { "\(directory)/other.pem" }

    func tls(_ server: Server, olderThan12: Bool = false) throws -> NIOSSLContext {
        let path = "\(directory)/\(server.rawValue)"
        let chain = try NIOSSLCertificate.fromPEMFile("\(path).pem").map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: "\(path).key", format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        if olderThan12 {
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = .tlsv11
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private init() throws {
        directory = try TemporaryDirectory.make()
        for name in ["authority", "other"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-keyout \(directory)/\(name).key -out \(directory)/\(name).pem")
        }
        try sign(.good, name: "DNS:localhost")
        try sign(.wrongName, name: "DNS:elsewhere.example")
        try sign(.expired, name: "DNS:localhost", days: -1)
        try sign(.address, name: "IP:127.0.0.1")
        try sign(.address6, name: "IP:::1")
        try sign(.proxied, name: "DNS:sp.example")
        let selfSigned = "\(directory)/\(Server.selfSigned.rawValue)"
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost -keyout \(selfSigned).key -out \(selfSigned).pem")
    }

    /// - Parameter name: the only alternative name of the subject, as `openssl req -addext` takes it.
    private func sign(_ server: Server, name: String, days: Int = 2) throws {
        let path = "\(directory)/\(server.rawValue)"
        try openssl(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test "
                + "-addext subjectAltName=\(name) -keyout \(path).key -out \(path).csr")
        try openssl(
            "x509 -req -in \(path).csr -CA \(authority) -CAkey \(directory)/authority.key -set_serial 7 "
                + "-days \(days) -copy_extensions copy -out \(path).pem")
    }

    private func openssl(_ arguments: String) throws {
        let words = ["openssl"] + arguments.split(separator: " ").map(String.init)
        var argv = words.map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "\(directory)/openssl.log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var child = pid_t()
        try #require(posix_spawnp(&child, "openssl", &actions, nil, &argv, environ) == 0, "is openssl installed?")
        var status: CInt = -1
        waitpid(child, &status, 0)
        try #require(status == 0, "openssl \(words[1]) failed, see \(directory)/openssl.log")
    }
}
