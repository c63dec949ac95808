/// What a registration yields: the credentials of this application instance. RFC 7591 section 3.2.1.
///
/// They never expire, and viewers' profiles hang on them: losing them signs every viewer out.
package struct ClientCredentials: Sendable, Equatable {
    package let clientID: String
    package let clientSecret: Secret
    /// `client_id_issued_at`, seconds since 1970, as the server said; absent if it did not say.
    package let issuedAt: Int64?
    /// `scopes`: which APIs the application may call; `nil` if the server did not say.
    package let scopes: [String]?

    package init(clientID: String, clientSecret: Secret, issuedAt: Int64?, scopes: [String]? = nil) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.issuedAt = issuedAt
        self.scopes = scopes
    }

    /// Those of `expected` that the application does not have, in their order; none where the server did not say.
    package func missingScopes(of expected: [String]) -> [String] {
        guard let scopes else { return [] }
        return expected.filter { !scopes.contains($0) }
    }
}

/// The grammar of a scope: RFC 6749 section 3.3.
package enum Scope {
    package static let maximumCount = 64
    package static let maximumLength = 128

    package static func isValid(_ text: String) -> Bool {
        (1...maximumLength).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
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
    /// Answers over at least this long are believed.
    static let confirmation = Duration.seconds(60)

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
        return answers >= 3 && boot - first >= Self.confirmation
    }
}
