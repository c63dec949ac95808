internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// Somebody who waits for a token.
struct Waiter {
    /// What ends the wait.
    enum Wish {
        /// A token that lasts at least this long.
        case lasting(Duration)
        /// A token other than this one, which an API turned down.
        case other(than: Secret)
    }

    /// How the wait ended.
    enum Outcome {
        case token(AccessToken, at: Moment)
        case failed(ErrorReply)
    }

    let wish: Wish
    let timeout: LoopTimer
    /// Tells whoever waits, on the serving loop, and of the profile as it is now: a reload may have put another in the
    /// place of the one that was asked.
    let resume: (Outcome, Profile) -> Void
}

/// A connection that is told of each new token.
struct Watcher {
    let id: RequestID?
    let client: ClientConnection
}

/// Names a ``Waiter`` or ``Watcher``, for when its client goes away.
struct Ticket: Sendable, Equatable {
    let profile: String
    let number: UInt64
}
