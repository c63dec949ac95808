import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A server on loopback that says exactly what a test tells it to, byte by byte.
final class RawServer: Sendable {
    /// What it does once a whole request has arrived; the last two when the connection is accepted.
    enum Behaviour: Sendable {
        /// Writes this and keeps the connection open.
        case answer(String)
        /// Writes this, then closes in good order.
        case answerAndClose(String)
        /// Writes this, then resets the connection.
        case answerAndReset(String)
        /// Writes this, then a space now and then, for ever.
        case drip(String)
        /// Writes this, then as many spaces as the client takes, up to 1 GiB.
        case flood(String)
        case hang
        /// Plays a proxy: grants a CONNECT and goes on as a TLS server that answers with this.
        case tunnel(String)
        /// Writes this without waiting for anything.
        case greet(String)
        /// Resets the connection as soon as it is accepted.
        case abort
    }

    let port: Int
    let log: RequestLog
    private let channel: any Channel

    private init(channel: any Channel, log: RequestLog) throws {
        port = try #require(channel.localAddress?.port)
        self.channel = channel
        self.log = log
    }

    static func start(
        _ behaviour: Behaviour, tls: NIOSSLContext? = nil, address: String = "127.0.0.1"
    ) async throws -> RawServer {
        let log = RequestLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let isTunnel = if case .tunnel = behaviour { true } else { false }
                    if let tls, !isTunnel {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RawConnection(behaviour: behaviour, tls: tls, log: log))
                }
            }
            .bind(host: address, port: 0)
            .get()
        return try RawServer(channel: channel, log: log)
    }

    func stop() async {
        try? await channel.close()
    }
}
