package import BearerProtocol

/// Why there is no answer, or which error the answer is.
///
/// It never holds a token. See <doc:HandlingErrors>.
public enum BearerError: Error, Sendable, Equatable {
    /// The daemon answered with an error.
    ///
    /// `description` is for people: it says what was found and what is expected, or what upstream answered.
    /// `retryAfter` says when to ask again, in whole seconds, where waiting helps.
    case refused(Code, description: String, retryAfter: Duration?)
    /// The process may not open the socket at that path, with the reason of the operating system.
    ///
    /// Membership in the group that owns the socket takes effect at the next login, or at a restart of the service.
    case permissionDenied(socket: String, reason: String)
    /// There is no daemon to be reached at that path: no socket, no listener, or no resources to connect.
    case unavailable(socket: String, reason: String)
    /// The daemon closed the connection before it replied, and did so again when it was asked once more.
    case connectionLost
    /// The daemon has neither answered nor closed the connection within the limit of the call.
    case timedOut
    /// What listens on the socket does not speak as bearerd does.
    case unexpectedReply(String)
    /// The task was cancelled. The connection is closed, and so the daemon waits for nothing on its behalf any more.
    case cancelled

    /// The daemon's word for an error that it answered with; nil for what the client found by itself.
    public var code: Code? {
        if case .refused(let code, _, _) = self { code } else { nil }
    }

    /// When to ask again, in whole seconds, if the daemon said so.
    public var retryAfter: Duration? {
        if case .refused(_, _, let retryAfter) = self { retryAfter } else { nil }
    }

    /// Whether the same call may succeed later although this program does not change anything.
    ///
    /// True for ``unavailable(socket:reason:)``, ``connectionLost``, ``timedOut``, and where the daemon goes on trying:
    /// ``Code/temporarilyUnavailable``, ``Code/slowDown``, ``Code/registrationRefused`` and ``Code/serverError``.
    public var mayPass: Bool {
        switch self {
        case .refused(let code, _, _): code.mayPass
        case .unavailable, .connectionLost, .timedOut: true
        case .permissionDenied, .unexpectedReply, .cancelled: false
        }
    }
}

extension BearerError: CustomStringConvertible {
    /// For people, on one line: `temporarily_unavailable: no token yet (ask again in 5 s)`.
    public var description: String {
        switch self {
        case .refused(let code, let description, let retryAfter):
            let patience = retryAfter.map { " (ask again in \($0.components.seconds) s)" } ?? ""
            return "\(code.rawValue): \(description)\(patience)"
        case .permissionDenied(let socket, let reason):
            return "\(socket): \(reason): are you in the group that owns the socket?"
        case .unavailable(let socket, let reason): return "\(socket): \(reason)"
        case .connectionLost: return "the daemon closed the connection before it replied"
        case .timedOut: return "the daemon did not reply in time"
        case .unexpectedReply(let what): return "this does not look like bearerd: \(what)"
        case .cancelled: return "cancelled before the daemon replied"
        }
    }

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
        /// again now and then, but somebody has to fix it.
        case registrationRefused = "registration_refused"
        /// An error of the daemon, or one that this version of the library does not know.
        case serverError = "server_error"
    }
}

extension BearerError.Code {
    fileprivate var mayPass: Bool {
        switch self {
        case .slowDown, .temporarilyUnavailable, .registrationRefused, .serverError: true
        case .invalidRequest, .requestTooLarge, .unknownProfile, .accessDenied: false
        }
    }

    /// Whether a watch goes on after this answer; after any other the daemon watches nothing on that connection.
    package var leavesWatch: Bool { self == .temporarilyUnavailable || self == .registrationRefused }

    fileprivate init(_ code: ErrorCode) {
        self = Self(rawValue: code.rawValue) ?? .serverError
    }
}

extension BearerError {
    package init(_ reply: ErrorReply) {
        self = .refused(Code(reply.code), description: reply.description, retryAfter: reply.retryAfter)
    }
}
