internal import ServiceLifecycle

/// Serves the sockets until a graceful shutdown: then nothing new is accepted, what has arrived is answered, and the
/// connections are ended.
struct SocketService: Service {
    /// systemd is promised an end within 5 s; the broker needs a part of them.
    private static let drainLimit = Duration.seconds(2)

    let servers: [SocketServer]
    let broker: Broker
    /// The sockets that we bound ourselves, to be removed at the end.
    let own: [BoundSocket]

    func run() async throws {
        try await gracefulShutdown()
        for server in servers { await server.stop() }
        for socket in own { socket.remove() }
        await broker.endConnections(within: Self.drainLimit)
    }
}
