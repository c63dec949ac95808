internal import Glibc
internal import NIOSSL

/// The certificate authorities that a server's certificate must lead to.
package enum TrustRoots: Sendable, Equatable {
    /// The operating system's.
    case system
    /// Those in a PEM file, and no others. It is read once, when a client is made.
    case file(String)

    /// `caFile` if given, else `$SSL_CERT_FILE` if set and not empty, else the system's.
    package static func chosen(
        caFile: String? = nil,
        environmentFile: String? = TrustRoots.environmentFile
    ) -> TrustRoots {
        if let caFile { return .file(caFile) }
        if let environmentFile, !environmentFile.isEmpty { return .file(environmentFile) }
        return .system
    }

    /// `$SSL_CERT_FILE`.
    package static var environmentFile: String? {
        getenv("SSL_CERT_FILE").map { String(cString: $0) }
    }

    func tlsConfiguration() throws(UpstreamConfigurationError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        switch self {
        case .system: configuration.trustRoots = .default
        case .file(let path): configuration.trustRoots = .certificates(try Self.certificates(at: path))
        }
        return configuration
    }

    private static func certificates(at path: String) throws(UpstreamConfigurationError) -> [NIOSSLCertificate] {
        let pem: [UInt8]
        do {
            pem = try BoundedFile.read(path, upTo: 16 << 20)
        } catch {
            throw .unreadableAuthorities(path: path, reason: error.reason)
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty else {
            throw .noCertificates(path: path)
        }
        return certificates
    }
}
