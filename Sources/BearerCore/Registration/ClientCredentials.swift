/// What a registration yields: the credentials of this application instance. RFC 7591 section 3.2.1.
///
/// They never expire, and viewers' profiles hang on them: losing them signs every viewer out.
package struct ClientCredentials: Sendable, Equatable {
    package let clientID: String
    package let clientSecret: Secret
    /// `client_id_issued_at`, seconds since 1970, as the server said; absent if it did not say.
    package let issuedAt: Int64?

    package init(clientID: String, clientSecret: Secret, issuedAt: Int64?) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.issuedAt = issuedAt
    }
}

/// What to do when the authorization server says that the client credentials are no good (`invalid_client`).
package enum Reregistration: String, Sendable, CaseIterable {
    /// Register anew, but only once that answer is confirmed and the current token is about to end.
    case automatic
    /// Never: go on serving what is valid, and say so.
    case never
}

/// Counts answers of `invalid_client` until they can be believed: a server that errs for some minutes must not cost
/// viewers their sign-in.
package struct InvalidClientStreak: Sendable, Equatable {
    private var answers = 0
    private var first: Duration?

    package init() {}

    package var count: Int { answers }

    /// - Parameter boot: CLOCK_BOOTTIME.
    package mutating func recordAnswer(at boot: Duration) {
        answers += 1
        first = first ?? boot
    }

    /// Three answers over at least a minute.
    package func isConfirmed(at boot: Duration) -> Bool {
        guard let first else { return false }
        return answers >= 3 && boot - first >= .seconds(60)
    }
}
