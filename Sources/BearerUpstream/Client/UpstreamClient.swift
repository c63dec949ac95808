internal import AsyncHTTPClient
package import BearerCore
package import NIOCore

/// Talks to authorization servers: one POST a call, no retry, no redirect, no connection kept.
///
/// A token's life counts from *sending*: read the clocks right before calling ``requestToken(_:)``. The time that
/// connecting takes then only makes the expiry earlier.
package final class UpstreamClient: Sendable {
    private let http: HTTPClient
    private let exchange: HTTPExchange
    private let userAgent: String
    private let wallClock: @Sendable () -> Duration

    /// Reads the file of certificate authorities, if one is configured. The event loops stay the caller's.
    ///
    /// ``shutdown()`` must be called before the last reference goes.
    package init(
        configuration: UpstreamConfiguration,
        eventLoopGroup: any EventLoopGroup
    ) throws(UpstreamConfigurationError) {
        let settings = try HTTPClient.Configuration(configuration)
        http = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: settings)
        exchange = HTTPExchange(client: http, limits: configuration.limits, proxy: settings.proxy)
        userAgent = "bearerd/\(configuration.version)"
        wallClock = configuration.wallClock
    }

    /// Registers the application: `POST /o/client/register`, RFC 7591 section 3.
    ///
    /// A failure whose `isUnanswered` is true may have cost a registration: no answer came, or a success came whose
    /// body could not be used.
    @concurrent
    package func register(_ request: RegistrationRequest) async throws(ExchangeFailure) -> ClientCredentials {
        let reply = try await exchange.post(request.outgoing(defaultUserAgent: userAgent))
        return try RegistrationReply.credentials(in: reply, now: wallClock())
    }

    /// Obtains a token with the client credentials: `POST /o/client/token`, RFC 6749 section 4.4.
    @concurrent
    package func requestToken(_ request: TokenRequest) async throws(ExchangeFailure) -> TokenGrant {
        let reply = try await exchange.post(request.outgoing(defaultUserAgent: userAgent))
        return try TokenReply.grant(in: reply, now: wallClock())
    }

    /// Ends exchanges in flight, which then fail, and closes what is open. To be called once.
    package func shutdown() async {
        try? await http.shutdown()
    }
}
