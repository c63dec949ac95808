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
