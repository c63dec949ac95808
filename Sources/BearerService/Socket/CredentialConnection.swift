internal import BearerCore
internal import BearerLoop

/// One connection of systemd that loads a credential for a unit: the bare token, or an end that says what
/// `credential_socket.on_failure` tells it to say. Nothing is read.
///
/// `@unchecked Sendable`: it lives on the loop's thread, as the broker does, which tells it the outcome.
final class CredentialConnection: @unchecked Sendable {
    private let stream: SocketStream
    private let broker: Broker
    private let peer: Peer
    private let address: [UInt8]
    private var ticket: Ticket?

    /// - Parameter address: the peer's abstract address.
    init(_ stream: SocketStream, broker: Broker, peer: Peer, address: [UInt8]) {
        self.stream = stream
        self.broker = broker
        self.peer = peer
        self.address = address
    }

    /// Begins to serve. The stream keeps the connection until it is closed.
    ///
    /// - Throws: when the kernel cannot watch the socket; it is closed then.
    func start() throws(LoopError) {
        try stream.start(readsInput: false, for: self)
        let answer = broker.assumeIsolated { [self] broker in
            broker.loads[ObjectIdentifier(self)] = self
            return broker.credential(for: peer, address, self)
        }
        switch answer {
        case .now(let bytes): deliver(bytes)
        case .later(let ticket): self.ticket = ticket
        }
    }

    /// Sends what there is and closes.
    func deliver(_ bytes: [UInt8]) {
        ticket = nil
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
    func streamIsBlocked() {}
    func streamGoesOn() {}

    func streamClosed() {
        broker.assumeIsolated { [self] broker in
            if let ticket { broker.cancel(ticket) }
            broker.loaded(self)
        }
    }
}
