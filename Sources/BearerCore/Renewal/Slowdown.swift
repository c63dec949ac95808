/// How a host makes room for others behind its address: each 429 doubles the pause between its calls, from 2 s to 256 s;
/// each call that is let through takes a quarter off it, and ten minutes without a 429 halve it.
///
/// A thousand hosts that share one call per second get their tokens one after the other in this way, because each of
/// them is turned away a handful of times only. Times are CLOCK_BOOTTIME.
struct Slowdown: Sendable, Equatable {
    private static let minimumPause = Duration.seconds(2)
    private static let maximumPause = Duration.seconds(256)
    private static let halvingTime = Duration.seconds(600)

    /// When the next call may be made.
    private(set) var next: Duration
    /// As of `since`.
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

    /// The pause that calls keep now; zero once it is over.
    func pause(at now: Duration) -> Duration {
        let halvings = Int(max(.zero, now - since) / Self.halvingTime)
        let left = pause / (1 << min(halvings, 8))
        return left < Self.minimumPause ? .zero : left
    }

    /// A call was made: the next one keeps its distance.
    mutating func called(at now: Duration) {
        next = now + pause(at: now)
    }

    /// A call was let through.
    mutating func passed() {
        pause = pause * 0.75
    }

    /// A call was answered 429. Calls that were in flight together slow down once.
    ///
    /// - Parameter random: drawn uniformly from 0..<1: hosts that were turned away together come back apart, after
    ///   between half and one and a half of the pause.
    mutating func throttled(sentAt: Duration, at now: Duration, random: Double) {
        guard sentAt >= since else { return }
        pause = min(max(pause(at: now) * 2, Self.minimumPause), Self.maximumPause)
        since = now
        next = now + pause * (0.5 + random)
    }
}
