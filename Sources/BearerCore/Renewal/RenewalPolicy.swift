/// When a token is renewed: at a point between `at` and `at + jitter` of its lifetime.
package struct RenewalPolicy: Sendable, Equatable {
    /// Fraction of the lifetime, 0.1–0.95.
    package let at: Double
    /// How far renewals spread, as a fraction of the lifetime, 0–0.2; `at + jitter` is at most 0.98.
    package let jitter: Double

    package init(at: Double = 0.8, jitter: Double = 0.05) {
        self.at = at
        self.jitter = jitter
    }

    /// The time from sending the request for a token until its renewal.
    ///
    /// A short-lived token is renewed sooner than the fractions say: 2 s before its service ends, or half-way through
    /// its service where that is later, so that an exchange fits in between. Never sooner than 1 s.
    ///
    /// - Parameter random: a number drawn uniformly from 0..<1.
    package func delay(lifetime: Duration, random: Double) -> Duration {
        let spread = lifetime * (at + jitter * random)
        let service = lifetime - AccessToken.shortestService
        let latest = max(service / 2, service - .seconds(2))
        return max(min(spread, latest), .seconds(1))
    }
}
