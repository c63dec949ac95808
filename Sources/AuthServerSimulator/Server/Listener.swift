internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// The listening socket on 127.0.0.1 and the connections it accepted.
struct Listener {
    let port: Int
    private let channel: any Channel
    private let connections: OpenConnections

    static func start(port: Int, tls: TLSFiles?, core: SimulatorCore) async throws(SimulatorError) -> Listener {
        let tlsContext = try tls.map { files throws(SimulatorError) in
            try TLSContext(certificateChain: files.certificateChain, privateKey: files.privateKey)
        }
        let connections = OpenConnections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                connections.insert(channel)
                return channel.eventLoop.makeCompletedFuture { try configure(channel, tlsContext, core) }
            }
        do {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            return Listener(port: channel.localAddress?.port ?? port, channel: channel, connections: connections)
        } catch {
            throw .listen("127.0.0.1:\(port): \(error)")
        }
    }

    private static func configure(_ channel: any Channel, _ tls: TLSContext?, _ core: SimulatorCore) throws {
        let pipeline = channel.pipeline.syncOperations
        let breaker = ConnectionBreaker()
        try pipeline.addHandler(breaker)
        if let tls { try pipeline.addHandler(TLSHandler(tls)) }
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        try pipeline.addHandler(ConnectionHandler(core: core, breaker: breaker))
    }

    func stop() async {
        // Already closed is as good.
        try? await channel.close()
        await connections.closeAll()
    }
}

/// The connections that are open, so that the shutdown can end them, hanging ones too.
private final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func insert(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[id] = nil } }
    }

    func closeAll() async {
        let open = channels.withLock { Array($0.values) }
        for channel in open { channel.close(promise: nil) }
        for channel in open {
            // However a connection ended, it has.
            try? await channel.closeFuture.get()
        }
    }
}
