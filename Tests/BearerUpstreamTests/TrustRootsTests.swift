import TestSupport
import Testing

@testable import BearerUpstream

@Suite("Trusted authorities")
struct TrustRootsTests {
    @Test(
        "ca_file comes before SSL_CERT_FILE, that before the system's",
        arguments: [
            ("/a", "/b", .file("/a")), ("/a", nil, .file("/a")), (nil, "/b", .file("/b")), (nil, "", .system),
            (nil, nil, .system),
        ] as [(String?, String?, TrustRoots)])
    func choice(caFile: String?, environmentFile: String?, expected: TrustRoots) {
        #expect(TrustRoots.chosen(caFile: caFile, environmentFile: environmentFile) == expected)
    }

    private func error(_ path: String) -> UpstreamConfigurationError? {
        do throws(UpstreamConfigurationError) {
            _ = try UpstreamClient(
                configuration: UpstreamConfiguration(version: "1", trust: .file(path)))
            return nil
        } catch {
            return error
        }
    }

    @Test("a file that cannot be used fails when the client is made, and says why")
    func unusable() throws {
        let temporary = TemporaryDirectory()
        let directory = temporary.path
        temporary.write([], to: "empty.pem")
        temporary.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8, to: "broken.pem")

        #expect(
            error("\(directory)/missing.pem")?.description
                == "\(directory)/missing.pem: cannot be read (No such file or directory); "
                + "expected a PEM file of certificate authorities")
        #expect(error(directory) == .unreadableAuthorities(path: directory, reason: "not a regular file"))
        #expect(error("\(directory)/empty.pem") == .noCertificates(path: "\(directory)/empty.pem"))
        #expect(error("\(directory)/broken.pem") == .noCertificates(path: "\(directory)/broken.pem"))
    }
}
