internal import BearerSystemd
internal import Glibc

/// The sockets that are served: handed over by systemd, or bound by ourselves.
struct ListeningSockets: Sendable {
    struct Socket: Sendable {
        let descriptor: CInt
        let path: String
        /// Set where we bound it, and so remove it at the end.
        let own: BoundSocket?
    }

    /// The names of the socket units, which systemd passes along.
    static let clientUnit = "bearerd.socket"
    static let credentialUnit = "bearerd-credential.socket"

    let clients: [Socket]
    let credentials: [Socket]

    /// - Parameters:
    ///   - clients, credentials: what is bound where systemd hands nothing over.
    static func open(
        handedOver: [ListenDescriptor], clients: SocketPath, credentials: SocketPath?
    ) throws(SocketError) -> ListeningSockets {
        var units = try sockets(named: credentialUnit, handedOver)
        if units.isEmpty, let credentials { units = [try bind(credentials)] }
        var applications = try sockets(named: clientUnit, handedOver)
        if applications.isEmpty { applications = [try bind(clients)] }
        return ListeningSockets(clients: applications, credentials: units)
    }

    /// The paths of the clients' sockets that systemd hands over.
    static func clientPaths(_ handedOver: [ListenDescriptor]) -> [String] {
        handedOver.filter { $0.name == clientUnit }.compactMap { SocketAddressBytes.own(ofSocket: $0.descriptor) }
    }

    /// A socket unit may have several `ListenStream=`, which share its name.
    private static func sockets(named name: String, _ handedOver: [ListenDescriptor]) throws(SocketError) -> [Socket] {
        var sockets: [Socket] = []
        for found in handedOver where found.name == name {
            guard let path = SocketAddressBytes.own(ofSocket: found.descriptor) else { throw .notASocket(name) }
            sockets.append(Socket(descriptor: found.descriptor, path: path, own: nil))
        }
        return sockets
    }

    private static func bind(_ path: SocketPath) throws(SocketError) -> Socket {
        let bound = try path.bind()
        return Socket(descriptor: bound.descriptor, path: bound.path, own: bound)
    }
}

/// The sockets that are served, from the first to the last connection.
struct ServedSockets: Sendable {
    /// systemd is promised an end within 5 s.
    private static let drainLimit = Duration.seconds(2)

    private let broker: BrokerHost
    /// Those that we bound ourselves.
    private let own: [BoundSocket]

    /// Starts to accept on all of them.
    ///
    /// - Throws: `LoopError`, when one cannot be served; those that we bound are removed again.
    static func start(_ sockets: ListeningSockets, _ broker: BrokerHost) async throws -> ServedSockets {
        let own = (sockets.clients + sockets.credentials).compactMap(\.own)
        do {
            for socket in sockets.clients { try await broker.serve(socket.descriptor, for: .clients) }
            for socket in sockets.credentials { try await broker.serve(socket.descriptor, for: .credentials) }
            return ServedSockets(broker: broker, own: own)
        } catch {
            for socket in own { socket.remove() }
            throw error
        }
    }

    /// Accepts nothing new, answers what has arrived, and ends the connections; after 2 s, whatever they have to say.
    func end() async {
        await broker.stopAccepting()
        for socket in own { socket.remove() }
        await broker.endConnections(within: Self.drainLimit)
    }
}
