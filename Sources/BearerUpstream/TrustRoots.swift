internal import CCrypto
internal import Glibc

/// The certificate authorities that a server's certificate must lead to.
package enum TrustRoots: Sendable, Equatable {
    /// The operating system's. They are read at each exchange, so that an update of them needs no restart.
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

    /// The PEM of the file, each certificate of which was parsed; nil for the system's.
    func certificates() throws(UpstreamConfigurationError) -> [UInt8]? {
        guard case .file(let path) = self else { return nil }
        let pem: [UInt8]
        do {
            pem = try BoundedFile.read(path, upTo: 16 << 20)
        } catch {
            throw .unreadableAuthorities(path: path, reason: error.reason)
        }
        guard Self.holdsCertificates(pem) else { throw .noCertificates(path: path) }
        return pem
    }

    /// Whether there is at least one, and none that cannot be parsed.
    private static func holdsCertificates(_ pem: [UInt8]) -> Bool {
        pem.withUnsafeBytes { bytes in
            guard let input = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return false }
            defer { BIO_free(input) }
            ERR_clear_error()
            defer { ERR_clear_error() }
            var count = 0
            while let certificate = PEM_read_bio_X509(input, nil, nil, nil) {
                X509_free(certificate)
                count += 1
            }
            let error = ERR_peek_last_error()
            return count > 0 && ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE
        }
    }
}
