internal import BearerCore
internal import BearerLoop
internal import Glibc

/// Serves one listening socket on the broker's loop.
struct SocketServer: Sendable {
    /// Whom a socket is for.
    enum Purpose: Sendable {
        /// The line protocol.
        case clients
        /// `LoadCredential=` of other units.
        case credentials
    }

    private let listener: Listener
    private let broker: Broker

    /// Starts to accept on `socket`, a bound stream socket, which it takes over.
    static func start(on socket: CInt, for purpose: Purpose, broker: Broker) async throws -> SocketServer {
        let listener = Listener(socket, on: broker.loop) { shortage in
            broker.assumeIsolated { $0.noteShortage(shortage) }
        } onConnection: { connection throws(LoopError) in
            try serve(connection, for: purpose, broker)
        }
        try await broker.start(listener)
        return SocketServer(listener: listener, broker: broker)
    }

    /// Stops accepting; connections that are open go on.
    func stop() async {
        await broker.stop(listener)
    }

    /// Who is not known to the kernel is not served.
    private static func serve(
        _ connection: CInt, for purpose: Purpose, _ broker: Broker
    ) throws(LoopError) {
        guard let peer = Peer(ofSocket: connection) else {
            close(connection)
            return
        }
        switch purpose {
        case .clients:
            try broker.assumeIsolated { isolated in
                ClientConnection(
                    SocketStream(connection, on: broker.loop, in: isolated.streamGroup(of: peer.uid)), broker: broker,
                    peer: peer, groups: PeerGroups(ofSocket: connection), limits: isolated.settings.limits)
            }.start()
        case .credentials:
            try CredentialConnection(
                SocketStream(connection, on: broker.loop, in: StreamGroup()), broker: broker, peer: peer,
                address: SocketAddressBytes.peer(ofSocket: connection)
            ).start()
        }
    }
}
