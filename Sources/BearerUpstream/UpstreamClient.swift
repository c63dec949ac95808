package import BearerCore

/// Talks to authorization servers: one POST per call, no retry, no redirect, no connection kept.
///
/// A token's life counts from *sending*: read the clocks right before calling ``requestToken(_:)``. The time that
/// connecting takes then only makes the expiry earlier.
package final class UpstreamClient: Sendable {
    private let thread: CurlThread
    private let limits: UpstreamLimits
    private let proxy: UpstreamProxy?
    private let userAgent: String
    private let wallClock: @Sendable () -> Duration

    /// Reads the file of certificate authorities, if one is configured.
    package init(configuration: UpstreamConfiguration) throws(UpstreamConfigurationError) {
        limits = configuration.limits
        proxy = configuration.proxy
        userAgent = "bearerd/\(configuration.version)"
        wallClock = configuration.wallClock
        thread = CurlThread(
            settings: TransferOptions(
                limits: limits, proxy: proxy, authorities: try configuration.trust.certificates()))
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
        let proxy = request.isLoopback ? nil : proxy
        let failure = TransportFailure(
            server: request.authority,
            peer: proxy.map { "the proxy \($0.authority)" } ?? request.authority,
            limits: limits)
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
