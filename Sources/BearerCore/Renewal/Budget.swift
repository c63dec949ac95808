/// A token bucket over all profiles: our share of what the authorization server allows a client address.
///
/// Time is CLOCK_BOOTTIME. After a first start the bucket holds one call, later what an earlier process left in it, so
/// that quick restarts never add up to a burst.
package struct Budget: Sendable, Equatable {
    private let rate: Double
    private let burst: Double
    private var level: Double
    private var updated: Duration

    /// - Parameters:
    ///   - rate: calls a second, above 0.
    ///   - burst: the most calls that can be saved up, at least 1.
    package init(rate: Double, burst: Double, now: Duration, level: Double = 1) {
        self.rate = rate
        self.burst = burst
        self.level = min(level, burst)
        self.updated = now
    }

    /// Takes one call from the bucket if it holds one.
    package mutating func take(at now: Duration) -> Bool {
        refill(at: now)
        guard level >= 1 else { return false }
        level -= 1
        return true
    }

    /// The earliest time at which ``take(at:)`` will succeed.
    package func nextAvailable(at now: Duration) -> Duration {
        var bucket = self
        bucket.refill(at: now)
        guard bucket.level < 1 else { return now }
        // Rounded up by a microsecond, so that a caller who comes at just that time finds a whole call.
        return now + .seconds((1 - bucket.level) / rate) + .microseconds(1)
    }

    /// How many calls the bucket holds, in parts of a call.
    package func level(at now: Duration) -> Double {
        var bucket = self
        bucket.refill(at: now)
        return bucket.level
    }

    private mutating func refill(at now: Duration) {
        guard now > updated else { return }
        level = min(burst, level + (now - updated) / .seconds(1) * rate)
        updated = now
    }
}
