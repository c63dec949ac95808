/// Every `error` that a reply can have.
package enum ErrorCode: String, Sendable, CaseIterable {
    /// Not JSON, an unknown operation or key, a wrong type or value.
    case invalidRequest = "invalid_request"
    /// The line is longer than `limits.request_bytes`; the connection is closed.
    case requestTooLarge = "request_too_large"
    case unknownProfile = "unknown_profile"
    /// `allow` does not name the peer, or the operation is for root and the daemon's user.
    case accessDenied = "access_denied"
    /// Too many connections, or clients caused an exchange a moment ago.
    case slowDown = "slow_down"
    /// No token yet, upstream unreachable, or `wait` ran out.
    case temporarilyUnavailable = "temporarily_unavailable"
    /// The authorization server turned the application down.
    case registrationRefused = "registration_refused"
    case serverError = "server_error"
}
