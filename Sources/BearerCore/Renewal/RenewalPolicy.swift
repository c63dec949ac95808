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
        let service = lifetime - AccessToken.minimumService
        let latest = max(service / 2, service - .seconds(2))
        return max(min(spread, latest), .seconds(1))
    }
}

/// How long to wait after a failed exchange: exponential backoff with full jitter.
package enum Backoff {
    /// A `Retry-After` is honoured up to one hour.
    package static let maximumRetryAfter = Duration.seconds(3600)

    /// The cap that the random delay stays under: 2 s after the first failure, doubling up to 5 min while a token is
    /// being served, up to 30 s while there is none.
    package static func cap(failures: Int, isServing: Bool) -> Duration {
        let ceiling: Duration = isServing ? .seconds(300) : .seconds(30)
        let doublings = min(max(failures, 1) - 1, 10)
        return min(.seconds(2 << doublings), ceiling)
    }

    /// The delay before the next attempt: uniformly between 1 s and the cap, and never less than what the server
    /// asked for.
    ///
    /// - Parameters:
    ///   - failures: failures in a row, this one included; at least 1.
    ///   - random: a number drawn uniformly from 0..<1.
    package static func delay(failures: Int, isServing: Bool, retryAfter: Duration?, random: Double) -> Duration {
        let spread = cap(failures: failures, isServing: isServing) - .seconds(1)
        let asked = min(max(retryAfter ?? .zero, .zero), maximumRetryAfter)
        return max(.seconds(1) + spread * random, asked)
    }
}
