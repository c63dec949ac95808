/// Where a profile's client credentials come from, and with that what it may do about them.
package enum CredentialsOrigin: Sendable, Equatable {
    /// This host registers the application. The policy says what it does on `invalid_client`.
    case registration(Reregistration)
    /// They are of a registration elsewhere and were given to this host, which never registers.
    case given

    /// Whether a registration may ever be sent.
    package var mayRegister: Bool { self != .given }

    /// The documented error by which the server refuses the profile; `nil` for what may pass by itself.
    ///
    /// `invalid_client` is about the credentials only. Where this host registers, that may pass, or others are obtained; given
    /// credentials are as good as refused, since somebody must put others in their place.
    func refusal(of failure: ExchangeFailure) -> OAuthError? {
        guard case .oauth(let error) = failure.reason, error != .invalidClient || self == .given else { return nil }
        return error
    }
}
