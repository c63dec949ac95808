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
