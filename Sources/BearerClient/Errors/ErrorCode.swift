package import BearerProtocol

extension BearerError {
    /// Every error that the daemon answers with; the raw value is the word on the wire.
    public enum Code: String, Sendable, CaseIterable {
        /// The daemon does not take the request: a `minValid` beyond the lifetime of a fresh token, a `wait` of more
        /// than 300 s, a profile's name that cannot be one.
        case invalidRequest = "invalid_request"
        /// The request is longer than the daemon's `limits.request_bytes`.
        case requestTooLarge = "request_too_large"
        /// There is no such profile; or none was named, there are several, and none is called `default`.
        case unknownProfile = "unknown_profile"
        /// The profile's `allow` does not name this process's user or one of its groups.
        case accessDenied = "access_denied"
        /// There are too many connections, or clients caused a renewal a moment ago. There is a
        /// ``BearerError/retryAfter``.
        case slowDown = "slow_down"
        /// There is no token for the time being: not yet, the authorization server is out of reach, or `wait` ran out.
        case temporarilyUnavailable = "temporarily_unavailable"
        /// The authorization server turned the application down; the description carries its word. The daemon tries
        /// again now and then, but somebody has to mend it.
        case registrationRefused = "registration_refused"
        /// An error of the daemon, or one that this version of the library does not know.
        case serverError = "server_error"
    }
}

extension BearerError.Code {
    var mayPass: Bool {
        switch self {
        case .slowDown, .temporarilyUnavailable, .registrationRefused, .serverError: true
        case .invalidRequest, .requestTooLarge, .unknownProfile, .accessDenied: false
        }
    }

    init(_ code: ErrorCode) {
        self =
            switch code {
            case .invalidRequest: .invalidRequest
            case .requestTooLarge: .requestTooLarge
            case .unknownProfile: .unknownProfile
            case .accessDenied: .accessDenied
            case .slowDown: .slowDown
            case .temporarilyUnavailable: .temporarilyUnavailable
            case .registrationRefused: .registrationRefused
            case .serverError: .serverError
            }
    }
}

extension BearerError {
    package init(_ reply: ErrorReply) {
        self = .refused(Code(reply.code), description: reply.description, retryAfter: reply.retryAfter)
    }
}
