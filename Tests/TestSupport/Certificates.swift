internal import BearerLoop
internal import Glibc

/// A throw-away authority and the certificates it signs, made by the `openssl` program, which must be installed.
package struct Certificates: Sendable {
    /// Whom a certificate is for: the only names that it has.
    package enum Server: String, Sendable, CaseIterable {
        case localhost, wrongName, selfSigned
        case loopback, loopback6, unspecified
        /// For `localhost` and 127.0.0.1, and over.
        case expired
        /// For a name that no resolver knows.
        case proxied

        fileprivate var names: String {
            switch self {
            case .localhost, .selfSigned: "DNS:localhost"
            case .wrongName: "DNS:elsewhere.example"
            case .loopback: "IP:127.0.0.1"
            case .loopback6: "IP:::1"
            case .unspecified: "IP:0.0.0.0"
            case .expired: "DNS:localhost,IP:127.0.0.1"
            case .proxied: "DNS:sp.example"
            }
        }
    }

    package struct NotMade: Error {
        package let reason = "openssl failed; is it installed?"
    }

    /// Made once, on a thread of its own: to wait for `openssl` would keep other tests from running.
    package static let shared = Task {
        try await Worker<BackgroundWork>("certificates").run { Result { () throws(NotMade) in try Certificates() } }
            .get()
    }

    /// Removed when the process ends.
    private static let directory = TemporaryDirectory(mode: 0o755)

    package var authority: String { "\(Self.directory.path)/authority.pem" }
    /// Has signed nothing that a server here shows.
    package var otherAuthority: String { "\(Self.directory.path)/other.pem" }

    package func chain(_ server: Server) -> String { "\(Self.directory.path)/\(server.rawValue).pem" }
    package func key(_ server: Server) -> String { "\(Self.directory.path)/\(server.rawValue).key" }

    private init() throws(NotMade) {
        atexit { Files.remove(Certificates.directory.path) }
        for name in ["authority", "other"] { try signItself(name, "-subj /CN=\(name)") }
        for server in Server.allCases {
            let (name, subject) = (server.rawValue, "-subj /CN=test -addext subjectAltName=\(server.names)")
            if server == .selfSigned { try signItself(name, subject) } else { try sign(name, subject, server) }
        }
    }

    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

    private func signItself(_ name: String, _ subject: String) throws(NotMade) {
        try openssl("req -x509 \(Self.newKey) -days 2 \(subject) -keyout \(name).key -out \(name).pem")
    }

    private func sign(_ name: String, _ subject: String, _ server: Server) throws(NotMade) {
        try openssl("req -new \(Self.newKey) \(subject) -keyout \(name).key -out \(name).csr")
        try openssl(
            "x509 -req -in \(name).csr -CA authority.pem -CAkey authority.key -set_serial 7 "
                + "-days \(server == .expired ? -1 : 2) -copy_extensions copy -out \(name).pem")
    }

    private func openssl(_ arguments: String) throws(NotMade) {
        let status = Command.run("/bin/sh", "-c", "cd \(Self.directory.path) && openssl \(arguments) 2>>log")
        guard status == 0 else { throw NotMade() }
    }
}
