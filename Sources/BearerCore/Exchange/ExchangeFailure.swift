/// Why one exchange with the authorization server yielded nothing. Carries no body, header or URL.
package struct ExchangeFailure: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// A documented `error` in a 4xx reply: it decides, whatever the status.
        case oauth(OAuthError)
        /// No connection: name not resolved, refused, unreachable, not within the connect time limit.
        case notConnected
        /// TLS was not established: unknown authority, wrong name, expired, older than 1.2.
        case tls
        /// The connection was lost before the whole reply had come.
        case connectionLost
        /// The whole exchange took longer than its time limit.
        case timedOut
        /// An HTTP status that is not a success and carries no documented `error`; redirects among them.
        case status(Int)
        /// A success whose body is not what the endpoint documents.
        case unexpectedReply
    }

    package let reason: Reason
    /// For people: what was found and what was expected. Never anything secret, at most a line.
    package let detail: String
    /// `Retry-After`, if the server sent a valid one; RFC 9110 section 10.2.3.
    package let retryAfter: Duration?
    /// Whether the server may have acted on the request although no answer came: for a registration, one wasted.
    package let isUnanswered: Bool

    package init(_ reason: Reason, detail: String, retryAfter: Duration? = nil, isUnanswered: Bool = false) {
        self.reason = reason
        self.detail = detail
        self.retryAfter = retryAfter
        self.isUnanswered = isUnanswered
    }

    /// A word for the journal, for `status` and for counting: `invalid_client`, `timed_out`, `http_503`, …
    package var label: String {
        switch reason {
        case .oauth(let error): error.rawValue
        case .notConnected: "not_connected"
        case .tls: "tls_failed"
        case .connectionLost: "connection_lost"
        case .timedOut: "timed_out"
        case .status(let code): "http_\(code)"
        case .unexpectedReply: "unexpected_reply"
        }
    }
}

extension ExchangeFailure {
    /// The documented error by which the server refuses the profile; `nil` for what may pass by itself, among it
    /// `invalid_client`, which is about the credentials only.
    var refusal: OAuthError? {
        guard case .oauth(let error) = reason, error != .invalidClient else { return nil }
        return error
    }

    /// Whether the server itself has decided, rather than something in between.
    var isAnswer: Bool {
        if case .oauth = reason { true } else { false }
    }
}
