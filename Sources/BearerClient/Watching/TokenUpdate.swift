/// What a watcher is told of.
public enum TokenUpdate: Sendable, Equatable {
    /// This token is served from now on.
    case token(BearerToken)
    /// There is no token for the time being, or no daemon; the watch goes on. A token that was received before is valid
    /// until its own end.
    ///
    /// Its ``BearerError/mayPass`` is true.
    case trouble(BearerError)
}

extension TokenUpdate {
    /// Whether a watcher that was told of `other` last need not be told of this.
    func repeats(_ other: TokenUpdate) -> Bool {
        switch (self, other) {
        case (.token(let token), .token(let other)): token.secret == other.secret
        case (.trouble(let error), .trouble(let other)): error.isLike(other)
        case (.token, .trouble), (.trouble, .token): false
        }
    }
}

extension BearerError {
    /// The same kind of trouble; in what they say they may differ.
    fileprivate func isLike(_ other: BearerError) -> Bool {
        switch (self, other) {
        case (.refused(let code, _, _), .refused(let other, _, _)): code == other
        case (.unavailable, .unavailable): true
        default: self == other
        }
    }
}
