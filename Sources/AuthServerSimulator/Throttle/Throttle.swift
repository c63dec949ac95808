/// A token bucket for each client address, as Adobe documents its throttling.
package struct Throttle: Sendable, Equatable {
    /// Requests a second that refill the bucket; above 0.
    package let rate: Double
    /// Requests that a full bucket holds; at least 1.
    package let burst: Int

    package init(rate: Double, burst: Int) {
        self.rate = rate
        self.burst = burst
    }

    /// 1 request a second, burst 10.
    package static let adobe = Throttle(rate: 1, burst: 10)
}
