import Glibc
import TestSupport

@testable import BearerLoop

/// Adds its name to a list whenever its stream goes on.
final class NamedOwner: SocketStreamOwner, @unchecked Sendable {
    let stream: SocketStream
    private let peer: CInt
    private let name: String
    private let order: Collected<String>
    private let body: () -> Void

    init(
        _ name: String, in group: StreamGroup, on loop: ServingLoop, _ order: Collected<String>,
        _ body: @escaping () -> Void = {}
    ) throws {
        let (ours, theirs) = try socketPair()
        (stream, peer) = (SocketStream(ours, on: loop, in: group), theirs)
        (self.name, self.order, self.body) = (name, order, body)
        try stream.start(readsInput: false, for: self)
    }

    func close() {
        stream.close()
        Glibc.close(peer)
    }

    func streamGoesOn() {
        order.add(name)
        body()
    }

    func streamIsReadable() {}
    func streamIsDrained() {}
    func streamIsNotWritable() {}
    func streamClosed() {}
}
