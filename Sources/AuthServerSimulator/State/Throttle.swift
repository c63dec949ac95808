/// A token bucket for each client address, as Adobe documents its throttling.
package struct Throttle: Sendable, Equatable {
    /// Requests per second that refill the bucket; above 0.
    package let rate: Double
    /// Requests that a full bucket holds; at least 1.
    package let burst: Int

    package init(rate: Double, burst: Int) {
        self.rate = rate
        self.burst = burst
    }

    /// 1 request per second, burst 10.
    package static let adobe = Throttle(rate: 1, burst: 10)
}

/// The buckets of all client addresses.
///
/// A bucket is kept as the moment at which it will be full again, so that no fraction is ever rounded.
struct TokenBuckets {
    private let refill: Duration
    private let burst: Int
    private var fullAt: [String: Duration] = [:]

    init(_ throttle: Throttle) {
        refill = .seconds(1) / throttle.rate
        burst = throttle.burst
    }

    /// Whether a request from `address` passes now. One that does not pass costs nothing.
    mutating func take(from address: String, at now: Duration) -> Bool {
        let full = max(fullAt[address] ?? now, now)
        guard full - now <= refill * (burst - 1) else { return false }
        fullAt[address] = full + refill
        return true
    }
}
