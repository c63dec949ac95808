/// A token bucket over all profiles: our share of what the authorization server allows a client address, and less than
/// that for as long as the server says that it is too much.
///
/// Time is CLOCK_BOOTTIME. After a first start the bucket holds one call, later what an earlier process left in it, so
/// that quick restarts never add up to a burst.
package struct Budget: Sendable, Equatable {
    /// Calls per second that may be configured.
    package static let rates = 0.001...10.0
    /// Calls at once that may be configured.
    package static let bursts = 1...10

    private var rate: Double
    private var burst: Double
    private var level: Double
    private var updated: Duration
    private var slowdown: Slowdown

    /// - Parameters:
    ///   - rate: calls per second, within ``rates``.
    ///   - burst: the maximum of calls that can be saved up, within ``bursts``.
    ///   - stored: what an earlier process left; `nil` when nothing is known.
    package init(rate: Double, burst: Double, stored: BudgetRecord? = nil, at now: ClockReading) {
        self.rate = rate
        self.burst = burst
        let passed = stored.map { max(.zero, now.wall - $0.writtenAt) } ?? .zero
        level = min(burst, stored.map { $0.level + passed / .seconds(1) * rate } ?? 1)
        updated = now.boot
        slowdown = Slowdown(pause: stored?.pause ?? .zero, wait: (stored?.wait ?? .zero) - passed, at: now.boot)
    }

    /// Takes one call from the bucket if it may be made now.
    package mutating func take(at now: Duration) -> Bool {
        refill(at: now)
        guard level >= 1, now >= slowdown.next else { return false }
        level -= 1
        slowdown.called(at: now)
        return true
    }

    /// A call that was sent at `sentAt` has ended: 429 slows the next ones down, and any other decision of the server speeds
    /// them up again.
    ///
    /// - Parameters:
    ///   - failure: `nil` for a success.
    ///   - random: a number drawn uniformly from 0..<1.
    package mutating func ended(
        _ failure: ExchangeFailure?, sentAt: Duration, at now: Duration, random: Double
    ) {
        if failure?.isThrottled == true {
            slowdown.throttled(sentAt: sentAt, at: now, random: random)
        } else if failure?.isAnswer ?? true {
            slowdown.passed(sentAt: sentAt, at: now)
        }
    }

    /// Takes another configuration over. What was saved up stays, as far as the new burst goes.
    package mutating func configure(rate: Double, burst: Double, at now: Duration) {
        refill(at: now)
        self.rate = rate
        self.burst = burst
        level = min(level, burst)
    }

    /// The earliest time at which ``take(at:)`` will succeed.
    package func nextAvailable(at now: Duration) -> Duration {
        max(now, slowdown.next, filled(at: now))
    }

    /// Whether the next call waits because the server said that there were too many.
    func isThrottled(at now: Duration) -> Bool { slowdown.holds(at: now) }

    /// What the next process must know.
    package func record(at now: ClockReading) -> BudgetRecord {
        var bucket = self
        bucket.refill(at: now.boot)
        return BudgetRecord(
            level: bucket.level, writtenAt: now.wall, pause: slowdown.pause(at: now.boot),
            wait: max(.zero, slowdown.next - now.boot))
    }

    /// When the bucket holds a whole call.
    private func filled(at now: Duration) -> Duration {
        var bucket = self
        bucket.refill(at: now)
        guard bucket.level < 1 else { return now }
        // Rounded up by a microsecond, so that a caller that comes at just that time finds a whole call.
        return now + .seconds((1 - bucket.level) / rate) + .microseconds(1)
    }

    private mutating func refill(at now: Duration) {
        guard now > updated else { return }
        level = min(burst, level + (now - updated) / .seconds(1) * rate)
        updated = now
    }
}

/// What the next process must know of a ``Budget``, so that quick restarts neither add up to a burst nor forget that the
/// server said it was too much.
package struct BudgetRecord: Sendable, Equatable {
    /// Calls that the bucket held, in parts of a call.
    package let level: Double
    /// The wall clock since 1970 at writing. One that went back since adds nothing.
    package let writtenAt: Duration
    /// What 429s and calls that were let through have made of the pause before the next call; zero for none.
    package let pause: Duration
    /// What was left of it.
    package let wait: Duration

    package init(level: Double, writtenAt: Duration, pause: Duration = .zero, wait: Duration = .zero) {
        self.level = level
        self.writtenAt = writtenAt
        self.pause = pause
        self.wait = wait
    }
}
