/// What the token endpoint granted: the token and how long it lasts. RFC 6749 section 5.1.
package struct TokenGrant: Sendable, Equatable {
    /// RFC 6750 `b64token`, at most 8 KiB.
    package let value: Secret
    /// `expires_in`: at least 1 s, at most ``longestLifetime``.
    package let lifetime: Duration

    /// A server that promises more than 30 days is believed for 30 days.
    package static let longestLifetime = Duration.seconds(30 * 86_400)

    package init(value: Secret, lifetime: Duration) {
        self.value = value
        self.lifetime = min(lifetime, Self.longestLifetime)
    }
}
