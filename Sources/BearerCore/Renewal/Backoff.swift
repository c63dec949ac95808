/// How long to wait after a failed exchange: exponential backoff with full jitter.
package enum Backoff {
    /// A `Retry-After` is honoured up to one hour.
    package static let longestRetryAfter = Duration.seconds(3600)

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
        let asked = min(max(retryAfter ?? .zero, .zero), longestRetryAfter)
        return max(.seconds(1) + spread * random, asked)
    }
}
