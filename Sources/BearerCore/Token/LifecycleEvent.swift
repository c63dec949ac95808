/// What happens to a profile's token.
package enum LifecycleEvent: Sendable, Equatable {
    /// The profile is loaded and may begin.
    case start
    /// ``TokenLifecycle/nextDeadline`` may have been reached, or a clock was stepped.
    case deadline
    /// The registration with this number yielded credentials, and they are in use.
    case registered(exchange: UInt64)
    /// The token request with this number, sent at `sentAt`, yielded a token.
    case granted(exchange: UInt64, TokenGrant, sentAt: Moment)
    /// The exchange with this number yielded nothing.
    case failed(exchange: UInt64, ExchangeFailure)
    /// An administrator asks for new client credentials.
    case registrationForced
}
