internal import AsyncHTTPClient
internal import NIOCore

extension HTTPClient.Configuration {
    /// Every connection carries one request: a pooled one could die under a POST, leaving it open whether the server
    /// acted. Establishing is not retried either: the caller knows when to come back, and the first error says why.
    init(_ configuration: UpstreamConfiguration) throws(UpstreamConfigurationError) {
        self.init(
            tlsConfiguration: try configuration.trust.tlsConfiguration(),
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: TimeAmount(configuration.limits.connect)),
            decompression: .disabled
        )
        httpVersion = .http1Only
        maximumUsesPerConnection = 1
        connectionPool.idleTimeout = .seconds(1)
        connectionPool.retryConnectionEstablishment = false
        connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        if let proxy = configuration.proxy {
            let address = try ProxyAddress(url: proxy)
            self.proxy = .server(host: address.host, port: address.port)
        }
    }
}
