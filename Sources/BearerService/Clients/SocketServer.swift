internal import BearerCore
internal import BearerLoop
internal import Glibc

/// Accepts connections on the daemon's sockets and begins to serve them. Lives on the loop.
final class SocketServer {
    /// Whom a socket is for.
    enum Purpose: Sendable {
        /// The line protocol.
        case clients
        /// `LoadCredential=` of other units.
        case credentials
    }

    private let loop: ServingLoop
    private let registry: ClientRegistry
    private let handler: any RequestHandler
    private var listeners: [Listener] = []

    init(on loop: ServingLoop, _ registry: ClientRegistry, _ handler: any RequestHandler) {
        self.loop = loop
        self.registry = registry
        self.handler = handler
    }

    /// Starts to accept on `socket`, a bound stream socket, which it takes over.
    func start(on socket: CInt, for purpose: Purpose) throws(LoopError) {
        let listener = Listener(socket, on: loop) { [registry] shortage in
            registry.logShortage(shortage)
        } onConnection: { [self] connection throws(LoopError) in
            try serve(connection, for: purpose)
        }
        try listener.start()
        listeners.append(listener)
    }

    /// Stops accepting; connections that are open go on.
    func stop() {
        for listener in listeners { listener.stop() }
        listeners = []
    }

    /// A peer that the kernel does not name is not served.
    private func serve(_ connection: CInt, for purpose: Purpose) throws(LoopError) {
        guard let peer = Peer(ofSocket: connection) else {
            close(connection)
            return
        }
        switch purpose {
        case .clients:
            let stream = SocketStream(connection, on: loop, in: registry.streamGroup(ofUser: peer.uid))
            try ClientConnection(
                stream, peer: peer, groups: PeerGroups(ofSocket: connection), registry, handler
            ).start()
        case .credentials:
            let stream = SocketStream(connection, on: loop, in: StreamGroup())
            try CredentialConnection(
                stream, peer: peer, address: SocketAddressBytes.peer(ofSocket: connection), registry, handler
            ).start()
        }
    }
}
