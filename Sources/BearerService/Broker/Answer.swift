/// What the broker has for a request at once.
enum Answer: Sendable {
    case reply([UInt8])
    /// The same request may be answered by the same again.
    case repeatable([UInt8], RepeatedToken)
    /// The rest comes when the client has taken what came before; until then the connection takes no further request.
    case inPieces([UInt8], StatusPieces)
    /// The reply comes later, by ``ClientConnection/deliver(_:)``; until then the connection takes no further request.
    case later(Ticket)
    /// The connection is taken over: `first`, then lines as they come by ``ClientConnection/publish(_:)``.
    case watching(Ticket, first: [UInt8]?)
}
