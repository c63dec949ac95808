package import BearerCore

/// Says that an API turned a token down, and asks for another.
package struct RenewRequest: Sendable, Equatable {
    package var profile: String?
    /// The token that was turned down.
    package var rejected: Secret
    /// How long to wait for another; whole seconds, 0–300.
    package var wait: Duration

    package init(profile: String? = nil, rejected: Secret, wait: Duration = TokenRequest.usualWait) {
        self.profile = profile
        self.rejected = rejected
        self.wait = wait
    }
}
