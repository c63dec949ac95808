internal import BearerCore
internal import BearerLoop

/// One connection of systemd that loads a credential for a unit: the bare token, or an end that says what
/// `credential_socket.on_failure` tells it to say. Nothing is read. It lives on the loop.
final class CredentialConnection {
    let peer: Peer
    /// The peer's abstract address, in which systemd says for whom it asks.
    let address: [UInt8]
    private let stream: SocketStream
    private let registry: ClientRegistry
    private let handler: any RequestHandler
    private var cancel: (() -> Void)?

    init(
        _ stream: SocketStream, peer: Peer, address: [UInt8], _ registry: ClientRegistry, _ handler: any RequestHandler
    ) {
        self.stream = stream
        self.peer = peer
        self.address = address
        self.registry = registry
        self.handler = handler
    }

    /// Begins to serve. The stream keeps the connection until it is closed.
    ///
    /// - Throws: when the kernel cannot watch the socket; it is closed then.
    func start() throws(LoopError) {
        try stream.start(readsInput: false, for: self)
        registry.admit(self)
        switch handler.credential(for: self) {
        case .now(let bytes): deliver(bytes)
        case .later(let cancel): self.cancel = cancel
        }
    }

    /// Sends what there is and closes.
    func deliver(_ bytes: [UInt8]) {
        cancel = nil
        stream.send(bytes)
        stream.closeOnceSent()
    }

    func cut() {
        stream.close()
    }
}

extension CredentialConnection: SocketStreamOwner {
    func streamIsReadable() {}
    func streamIsDrained() {}
    func streamIsNotWritable() {}
    func streamGoesOn() {}

    func streamClosed() {
        cancel?()
        cancel = nil
        registry.closed(self)
    }
}
