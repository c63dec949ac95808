internal import BearerCore
internal import BearerProtocol

/// The reply to `status` as it goes out, a piece whenever the client has taken the one before: with a thousand profiles
/// it is long, and a client that does not read it must not have us hold it, nor others wait until it is made.
struct StatusPieces: Sendable {
    /// Bytes from which on a piece is long enough.
    private static let size = 2048

    private let peer: Peer
    private var piece: [UInt8]
    private let tail: [UInt8]
    /// Of the profiles that are still to come, in order.
    private var names: ArraySlice<String>
    private var isFirst = true
    private(set) var isOver = false

    init(_ reply: StatusReply, of names: [String], id: RequestID?, for peer: Peer) {
        (piece, tail) = reply.frame(id: id)
        self.names = names[...]
        self.peer = peer
    }

    /// The next bytes; with the last ones, it ``isOver``. What `peer` may not see, by now, is left out.
    mutating func next(of broker: isolated Broker) -> [UInt8] {
        let moment = broker.now()
        while piece.count < Self.size, let name = names.popFirst() {
            guard let profile = broker.profiles[name], broker.maySee(peer, profile) else { continue }
            if !isFirst { piece.append(UInt8(ascii: ",")) }
            isFirst = false
            profile.status(at: moment).encode(into: &piece)
        }
        if names.isEmpty {
            isOver = true
            piece += tail
        }
        defer { piece = [] }
        return piece
    }
}
