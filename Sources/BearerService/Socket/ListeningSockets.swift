internal import BearerSystemd
internal import Glibc

/// The sockets that are served: handed over by systemd, or bound by ourselves.
struct ListeningSockets: Sendable {
    struct Socket: Sendable {
        let descriptor: CInt
        let path: String
        /// Set where we bound it, and so remove it at the end.
        let own: SocketPath?
    }

    /// The names of the socket units, which systemd passes along.
    static let clientUnit = "bearerd.socket"
    static let credentialUnit = "bearerd-credential.socket"

    let clients: Socket
    let credentials: Socket?

    /// - Parameters:
    ///   - clients, credentials: what is bound where systemd hands nothing over.
    static func open(
        handedOver: [ListenDescriptor], clients: SocketPath, credentials: SocketPath?
    ) throws(SocketError) -> ListeningSockets {
        var credential = try socket(named: credentialUnit, handedOver)
        if credential == nil, let credentials { credential = try bind(credentials) }
        if let client = try socket(named: clientUnit, handedOver) {
            return ListeningSockets(clients: client, credentials: credential)
        }
        return ListeningSockets(clients: try bind(clients), credentials: credential)
    }

    private static func socket(named name: String, _ handedOver: [ListenDescriptor]) throws(SocketError) -> Socket? {
        guard let found = handedOver.first(where: { $0.name == name }) else { return nil }
        guard let path = SocketAddressBytes.own(ofSocket: found.descriptor) else { throw .notASocket(name) }
        return Socket(descriptor: found.descriptor, path: path, own: nil)
    }

    private static func bind(_ path: SocketPath) throws(SocketError) -> Socket {
        Socket(descriptor: try path.bind(), path: path.path, own: path)
    }
}
