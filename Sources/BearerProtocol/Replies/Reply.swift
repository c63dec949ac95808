package import BearerJSON

/// One line of the daemon, as its client reads it.
package enum Reply: Sendable, Equatable {
    case token(TokenReply)
    case error(ErrorReply)
    /// Any other object.
    case other(JSONValue)
}
