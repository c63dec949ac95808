internal import BearerCore
internal import BearerProtocol

/// The reply to `status` as it goes out, a piece whenever the client has taken the one before: with a thousand profiles
/// it is long, and a client that does not read it must not have us hold it, nor others wait until it is made.
struct StatusPieces {
    /// Bytes from which on a piece is long enough.
    private static let size = 2048
    /// Profiles that are looked at for a piece; most may be hidden.
    private static let maximumProfiles = 64

    private var piece: [UInt8]
    private let tail: [UInt8]
    /// Of the profiles that are still to come, in order.
    private var names: ArraySlice<String>
    private var isFirst = true

    init(_ reply: StatusReply, of names: [String], id: RequestID?) {
        (piece, tail) = reply.frame(id: id)
        self.names = names[...]
    }

    /// - Parameter status: that of a profile; `nil` for one that the client may not see, or that is gone by now.
    mutating func next(_ status: (_ profile: String) -> ProfileStatus?) -> ReplyPiece {
        var left = Self.maximumProfiles
        while piece.count < Self.size, left > 0, let name = names.popFirst() {
            left -= 1
            guard let status = status(name) else { continue }
            if !isFirst { piece.append(UInt8(ascii: ",")) }
            isFirst = false
            status.encode(into: &piece)
        }
        if names.isEmpty { piece += tail }
        defer { piece = [] }
        return ReplyPiece(bytes: piece, isLast: names.isEmpty)
    }
}
