internal import BearerLoop
internal import CCrypto
internal import Glibc

/// What holds for every exchange with authorization servers, whatever the profile.
package struct UpstreamConfiguration: Sendable {
    /// Sent as `bearerd/<version>` where a request names no user agent of its own.
    package var version: String
    /// HTTPS goes through it by CONNECT. Servers on this host are connected to directly.
    package var proxy: UpstreamProxy?
    /// The authorities that a server's certificate is checked against.
    package var trust: TrustRoots
    package var limits: UpstreamLimits
    /// CLOCK_REALTIME since 1970, for a `Retry-After` that is a date.
    package var wallClock: @Sendable () -> Duration

    package init(
        version: String,
        proxy: UpstreamProxy? = nil,
        trust: TrustRoots = .chosen(),
        limits: UpstreamLimits = UpstreamLimits(),
        wallClock: @escaping @Sendable () -> Duration = { SystemClock.wall() }
    ) {
        self.version = version
        self.proxy = proxy
        self.trust = trust
        self.limits = limits
        self.wallClock = wallClock
    }
}

/// Where the HTTP proxy listens.
package struct UpstreamProxy: Sendable, Equatable {
    /// A DNS name or an address; an IPv6 address without brackets.
    package let host: String
    /// 1–65535
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    var url: String { "http://\(authority)" }
}

/// How long and how large an exchange may become.
package struct UpstreamLimits: Sendable, Equatable {
    /// From the start to a connection that can take the request: name resolution, TCP, proxy and TLS together.
    package var connect: Duration
    /// From the start to the last byte of the reply.
    package var exchange: Duration
    /// The longest body that is read, in bytes.
    package var bodyBytes: Int

    package init(connect: Duration = .seconds(5), exchange: Duration = .seconds(15), bodyBytes: Int = 65_536) {
        self.connect = connect
        self.exchange = exchange
        self.bodyBytes = bodyBytes
    }
}

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

/// Why a client could not be made from its configuration. Found before any request is sent.
package enum UpstreamConfigurationError: Error, Sendable, Equatable {
    /// The file of certificate authorities cannot be read; `reason` is the system's.
    case unreadableAuthorities(path: String, reason: String)
    /// The file was read and holds no certificate, or one that cannot be parsed.
    case noCertificates(path: String)
}

extension UpstreamConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadableAuthorities(let path, let reason):
            "\(path): cannot be read (\(reason)); expected a PEM file of certificate authorities"
        case .noCertificates(let path):
            "\(path): holds no certificate that can be read; expected a PEM file of certificate authorities"
        }
    }
}
