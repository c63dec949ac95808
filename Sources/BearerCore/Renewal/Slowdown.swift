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
