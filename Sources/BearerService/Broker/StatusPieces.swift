internal import BearerCore
internal import BearerProtocol

/// The reply to `status` as it goes out, a piece whenever the client has taken the one before: with a thousand profiles
/// it is long, and a client that does not read it must not have us hold it, nor others wait until it is made.
struct StatusPieces: Sendable {
    /// Bytes from which on a piece is long enough.
    private static let size = 2048
    /// Profiles that are looked at for a piece; most may be hidden.
    private static let mostProfiles = 64

    private var piece: [UInt8]
    private let tail: [UInt8]
    /// Of the profiles that are still to come, in order.
    private var names: ArraySlice<String>
    private var isFirst = true
    private(set) var isOver = false

    init(_ reply: StatusReply, of names: [String], id: RequestID?) {
        (piece, tail) = reply.frame(id: id)
        self.names = names[...]
    }

    /// The next bytes; with the last ones, it ``isOver``. What `client` may not see, by now, is left out.
    mutating func next(of broker: isolated Broker, for client: ClientConnection) -> [UInt8] {
        let moment = broker.now()
        var left = Self.mostProfiles
        while piece.count < Self.size, left > 0, let name = names.popFirst() {
            left -= 1
            guard let profile = broker.profiles[name], broker.maySee(client, profile) else { continue }
            if !isFirst { piece.append(UInt8(ascii: ",")) }
            isFirst = false
            broker.status(of: profile, at: moment).encode(into: &piece)
        }
        if names.isEmpty {
            isOver = true
            piece += tail
        }
        defer { piece = [] }
        return piece
    }
}
