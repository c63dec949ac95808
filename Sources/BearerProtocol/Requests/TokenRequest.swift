/// Asks for the current token.
package struct TokenRequest: Sendable, Equatable {
    package var profile: String?
    /// How long the token must still last; whole seconds, not negative.
    package var minimumValidity: Duration
    /// How long to wait for a token; whole seconds, 0–300.
    package var wait: Duration

    /// The `wait` of a client that does not say.
    package static let usualWait = Duration.seconds(10)

    package init(profile: String? = nil, minimumValidity: Duration = .zero, wait: Duration = usualWait) {
        self.profile = profile
        self.minimumValidity = minimumValidity
        self.wait = wait
    }
}
