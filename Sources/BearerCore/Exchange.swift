/// One request to the authorization server and its answer. At most one is in flight for a profile.
package struct Exchange: Sendable, Equatable {
    /// What is asked for.
    package enum Kind: Sendable, Equatable {
        /// Client credentials, at the registration endpoint. `replacing` those we have.
        case registration(replacing: Bool)
        /// An access token, at the token endpoint.
        case token
    }

    /// Counts the exchanges of one profile; an answer to any but the current one is dropped.
    package let id: UInt64
    package let kind: Kind

    package init(id: UInt64, kind: Kind) {
        self.id = id
        self.kind = kind
    }
}

/// The `error` codes that the authorization server documents for its two endpoints.
///
/// RFC 6749 section 5.2, RFC 7591 section 3.2.2 and Adobe's pages of both endpoints.
package enum OAuthError: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidRedirectURI = "invalid_redirect_uri"
    case invalidSoftwareStatement = "invalid_software_statement"
    case unapprovedSoftwareStatement = "unapproved_software_statement"
}

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
    /// Whether the server may have carried the request out all the same: for a registration, a client that nobody knows.
    ///
    /// False only when nothing was sent, and for answers that show that no client was made: a documented error, 3xx, 401,
    /// 403, 404, 429, 503 with `Retry-After`, 200 with an HTML page (a captive portal's). True for everything else, every
    /// other 4xx and 5xx included: a gateway may say so when the server has acted already.
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

    /// Whether the server itself has decided, rather than something in between.
    var isAnswer: Bool {
        if case .oauth = reason { true } else { false }
    }

    /// Whether the server says that this host, or another behind its address, calls too often.
    package var isThrottled: Bool { reason == .status(429) }

    /// What a failed registration has left behind at the server.
    enum Trace {
        /// Nothing was sent.
        case notSent
        /// An answer shows that no client was made.
        case noneMade
        /// Perhaps a client whose credentials are lost.
        case unknown
    }

    var trace: Trace {
        switch (reason, isUnanswered) {
        case (.oauth, _): .noneMade
        case (_, true): .unknown
        case (.notConnected, _), (.tls, _), (.timedOut, _), (.connectionLost, _): .notSent
        case (.status, _), (.unexpectedReply, _): .noneMade
        }
    }
}
