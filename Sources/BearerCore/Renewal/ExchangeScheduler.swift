/// An exchange that a profile wants sent.
package struct ExchangeOrder: Sendable, Equatable {
    package let profile: String
    /// Tells the profile's exchanges from those before a reload gave it another server, which have the same numbers.
    package let epoch: UInt64
    package let exchange: Exchange
    /// When it was wanted.
    package let wantedAt: ClockReading
    /// How many were wanted before it.
    fileprivate let position: UInt64
}

/// Which exchange is sent next, and when: in the order in which they are wanted, within the budget of all profiles.
package struct ExchangeScheduler: Sendable {
    private var budget: Budget
    private var orders: [String: ExchangeOrder] = [:]
    /// The profiles of ``orders``, first come, first served.
    private var queue: [String] = []
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - rate, burst: see ``Budget``.
    ///   - stored: what an earlier process left of the budget.
    package init(rate: Double, burst: Double, stored: BudgetRecord? = nil, at now: ClockReading) {
        budget = Budget(rate: rate, burst: burst, stored: stored, at: now)
    }

    /// Puts an exchange at the end of the queue. A profile has one exchange at a time.
    package mutating func add(_ exchange: Exchange, of profile: String, epoch: UInt64, at now: ClockReading) {
        remove(profile)
        count += 1
        orders[profile] = ExchangeOrder(
            profile: profile, epoch: epoch, exchange: exchange, wantedAt: now, position: count)
        queue.append(profile)
    }

    package mutating func remove(_ profile: String) {
        if orders.removeValue(forKey: profile) != nil { queue.removeAll { $0 == profile } }
    }

    package mutating func removeAll() {
        orders = [:]
        queue = []
    }

    /// Takes the exchanges from the queue that are to be sent now.
    ///
    /// - Parameter now: CLOCK_BOOTTIME, as everywhere here.
    package mutating func next(at now: Duration) -> [ExchangeOrder] {
        var sent: [ExchangeOrder] = []
        while let first = queue.first, budget.take(at: now) {
            queue.removeFirst()
            if let order = orders.removeValue(forKey: first) { sent.append(order) }
        }
        return sent
    }

    /// When ``next(at:)`` has something; `nil` when nothing waits.
    package func nextTime(at now: Duration) -> Duration? {
        queue.isEmpty ? nil : budget.nextAvailable(at: now)
    }

    /// An exchange that was sent at `sentAt` has ended; see ``Budget/ended(_:sentAt:at:random:)``.
    package mutating func ended(
        _ failure: ExchangeFailure?, sentAt: Duration, at now: Duration, random: Double
    ) {
        budget.ended(failure, sentAt: sentAt, at: now, random: random)
    }

    package mutating func configure(rate: Double, burst: Double, at now: Duration) {
        budget.configure(rate: rate, burst: burst, at: now)
    }

    /// The exchange of `profile`, while it waits.
    package func waiting(_ profile: String) -> ExchangeOrder? { orders[profile] }

    /// When an order that waits is sent, if nothing slows us down.
    package func expectedTime(of order: ExchangeOrder, at now: Duration) -> Duration {
        let first = queue.first.flatMap { orders[$0] }?.position ?? order.position
        return budget.nextAvailable(at: now) + .seconds(Double(max(first, order.position) - first) / budget.rate)
    }

    /// Whether what waits does so because the server said that there were too many calls (429).
    package func isThrottled(at now: Duration) -> Bool { budget.isThrottled(at: now) }

    /// How many exchanges wait.
    package var waitingCount: Int { queue.count }

    /// What the next process must know of the budget.
    package func record(at now: ClockReading) -> BudgetRecord { budget.record(at: now) }
}

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

    private(set) var rate: Double
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

/// How a host makes room for others behind its address: each 429 makes the pause before its next call six times as
/// long, from 6.6 s to 90 s, give or take a half.
///
/// A call that is let through makes it six times shorter, and the next may follow after 1.1 s: the host has found a gap
/// and keeps it. Ten minutes without a 429 end the pause. Times are CLOCK_BOOTTIME.
struct Slowdown: Sendable, Equatable {
    /// A little more than the second that Adobe allows an address for each call.
    private static let minimumPause = Duration.milliseconds(1_100)
    private static let maximumPause = Duration.seconds(90)
    private static let factor = 6
    private static let duration = Duration.seconds(600)

    /// When the next call may be made.
    private(set) var next: Duration
    /// As of `since`, and since the calls that were let through after that.
    private var pause: Duration
    /// The time of the last 429.
    private var since: Duration

    /// - Parameters:
    ///   - pause: what an earlier process had come to.
    ///   - wait: what was left of it.
    init(pause: Duration = .zero, wait: Duration = .zero, at now: Duration) {
        self.pause = min(max(pause, .zero), Self.maximumPause)
        next = wait > .zero ? now + min(wait, Self.maximumPause * 1.5) : .zero
        since = now
    }

    /// What the last 429 has come to by now; zero once it is over.
    func pause(at now: Duration) -> Duration {
        now - since < Self.duration ? pause : .zero
    }

    /// Whether the server's 429 is what the next call waits for.
    func holds(at now: Duration) -> Bool { now < next && pause(at: now) > .zero }

    /// A call was made: the next one waits for its outcome, or for the pause.
    mutating func called(at now: Duration) {
        next = now + pause(at: now)
    }

    /// A call was let through. One that was sent before the last 429 tells nothing.
    mutating func passed(sentAt: Duration, at now: Duration) {
        guard sentAt >= since, pause(at: now) > .zero else { return }
        pause = max(pause / Self.factor, Self.minimumPause)
        next = min(next, sentAt + Self.minimumPause)
    }

    /// A call was answered 429. Calls that were in flight together slow down once.
    ///
    /// - Parameter random: drawn uniformly from 0..<1: hosts that were turned away together come back apart.
    mutating func throttled(sentAt: Duration, at now: Duration, random: Double) {
        guard sentAt >= since else { return }
        pause = min(max(pause(at: now), Self.minimumPause) * Self.factor, Self.maximumPause)
        since = now
        next = now + pause * (0.5 + random)
    }
}
