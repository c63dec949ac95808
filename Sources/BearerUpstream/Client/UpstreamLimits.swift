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
