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
    private var rate: Double
    private var orders: [String: ExchangeOrder] = [:]
    /// The profiles of ``orders``, first come, first served.
    private var queue: [String] = []
    private var count: UInt64 = 0

    /// - Parameters:
    ///   - rate, burst: see ``Budget``.
    ///   - stored: what an earlier process left of the budget.
    package init(rate: Double, burst: Double, stored: BudgetRecord? = nil, at now: ClockReading) {
        self.rate = rate
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
        self.rate = rate
        budget.configure(rate: rate, burst: burst, at: now)
    }

    /// The exchange of `profile`, while it waits.
    package func waiting(_ profile: String) -> ExchangeOrder? { orders[profile] }

    /// When an order that waits is sent, if nothing slows us down.
    package func expectedTime(of order: ExchangeOrder, at now: Duration) -> Duration {
        let first = queue.first.flatMap { orders[$0] }?.position ?? order.position
        return budget.nextAvailable(at: now) + .seconds(Double(max(first, order.position) - first) / rate)
    }

    /// Whether what waits does so because the server said that there were too many calls (429).
    package func isThrottled(at now: Duration) -> Bool { budget.isThrottled(at: now) }

    /// How many exchanges wait.
    package var waitingCount: Int { queue.count }

    /// What the next process must know of the budget.
    package func record(at now: ClockReading) -> BudgetRecord { budget.record(at: now) }
}
