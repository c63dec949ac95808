package import BearerCore
internal import BearerLoop

/// Talks to authorization servers: one POST per call, no retry, no redirect, no connection kept.
///
/// A token's life counts from *sending*: read the clocks right before calling ``requestToken(_:)``. The time that
/// connecting takes then only makes the expiry earlier.
package final class UpstreamClient: Sendable {
    private let thread: CurlThread
    private let options: TransferOptions
    private let userAgent: String
    private let wallClock: @Sendable () -> Duration

    /// Reads the file of certificate authorities, if one is configured.
    package init(configuration: UpstreamConfiguration) throws(UpstreamConfigurationError) {
        options = TransferOptions(
            limits: configuration.limits, proxy: configuration.proxy,
            authorities: try configuration.trust.certificates())
        userAgent = "bearerd/\(configuration.version)"
        wallClock = configuration.wallClock
        thread = CurlThread(options)
    }

    /// Registers the application: `POST /o/client/register`, RFC 7591 section 3.
    ///
    /// A failure whose `isUnanswered` is true may have cost a registration: no answer came, or one that leaves open
    /// whether the registration was made.
    package func register(_ request: RegistrationRequest) async throws(ExchangeFailure) -> ClientCredentials {
        try await post(request.outgoing(defaultUserAgent: userAgent)) { reply, now throws(ExchangeFailure) in
            try RegistrationResponse.credentials(in: reply, now: now)
        }
    }

    /// Obtains a token with the client credentials: `POST /o/client/token`, RFC 6749 section 4.4.
    package func requestToken(_ request: TokenGrantRequest) async throws(ExchangeFailure) -> TokenGrant {
        try await post(request.outgoing(defaultUserAgent: userAgent)) { reply, now throws(ExchangeFailure) in
            try TokenResponse.grant(in: reply, now: now)
        }
    }

    /// Ends exchanges in flight, which then fail, as do later ones.
    package func shutdown() {
        thread.shutDown()
    }

    /// Has a reply read, as soon as a status has arrived, whatever became of the body; fails when none did. The thread of
    /// the transfers reads it, so that it holds nobody else up.
    private func post<Value: Sendable>(
        _ request: OutgoingRequest,
        _ read: @escaping @Sendable (HTTPReply, _ now: Duration) throws(ExchangeFailure) -> Value
    ) async throws(ExchangeFailure) -> Value {
        let proxy = request.isLoopback ? nil : options.proxy
        let failure = TransportFailure(
            server: request.authority,
            peer: proxy.map { "the proxy \($0.authority)" } ?? request.authority,
            limits: options.limits)
        let wallClock = wallClock
        let result = await thread.perform(request) { end in
            Result { () throws(ExchangeFailure) in
                guard let reply = end.reply else { throw failure.classify(end) }
                return try read(reply, wallClock())
            }
        }
        return try result.get()
    }
}

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
