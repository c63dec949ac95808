import AuthServerSimulator
import NIOPosix
import TestSupport
import Testing

/// Servers' certificates of a throw-away authority, made by the `openssl` program, which must be installed.
struct ServerCertificates: Sendable {
    enum Flaw: String, Sendable, CaseIterable {
        case none, wrongName, expired
    }

    private let directory = TemporaryDirectory()

    /// Made once, on a thread of its own: to wait for `openssl` would keep other tests from running.
    static let shared = Task { try await NIOThreadPool.singleton.runIfActive { try ServerCertificates() } }

    var authority: String { "\(directory.path)/authority.pem" }
    /// Has signed nothing that a server here shows.
    var otherAuthority: String { "\(directory.path)/other.pem" }

    func files(_ flaw: Flaw) -> TLSFiles {
        TLSFiles(
            certificateChain: "\(directory.path)/\(flaw.rawValue).pem",
            privateKey: "\(directory.path)/\(flaw.rawValue).key")
    }

    private init() throws {
        for name in ["authority", "other"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-keyout NAME.key -out NAME.pem", name)
        }
        for flaw in Flaw.allCases {
            let subject = flaw == .wrongName ? "DNS:elsewhere.example" : "IP:127.0.0.1"
            try openssl(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server "
                    + "-addext subjectAltName=\(subject) -keyout NAME.key -out NAME.csr", flaw.rawValue)
            try openssl(
                "x509 -req -in NAME.csr -CA \(authority) -CAkey \(directory.path)/authority.key -set_serial 7 "
                    + "-days \(flaw == .expired ? -1 : 2) -copy_extensions copy -out NAME.pem", flaw.rawValue)
        }
    }

    private func openssl(_ arguments: String, _ name: String) throws {
        let command = "cd \(directory.path) && openssl \(arguments) 2>>log"
        let status = Command.run("/bin/sh", "-c", command.split(separator: "NAME").joined(separator: name))
        try #require(status == 0, "openssl failed; is it installed?")
    }
}
