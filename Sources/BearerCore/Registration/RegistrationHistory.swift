/// What must be remembered across restarts so that a host does not register again and again.
///
/// Times are wall clock since 1970: they are compared with those of an earlier run.
package struct RegistrationHistory: Sendable, Equatable {
    /// Registrations sent whose answer never came; each may have made a client that nobody knows.
    package var unanswered: Int
    /// When the last of them was sent.
    package var lastIntent: Duration?
    /// When credentials were last replaced, because the server had rejected them or by force. It is noted with the
    /// intent: a process that dies before the answer must not replace them a second time.
    package var lastReplacement: Duration?

    package init(unanswered: Int = 0, lastIntent: Duration? = nil, lastReplacement: Duration? = nil) {
        self.unanswered = unanswered
        self.lastIntent = lastIntent
        self.lastReplacement = lastReplacement
    }

    /// How long the next registration must still wait: nothing up to two unanswered ones, then 1, 2, 4 … 60 minutes
    /// after the last. A last intent in the future (the wall clock went back) counts as sent now.
    package func hold(at wall: Duration) -> Duration {
        guard unanswered >= 3, let lastIntent else { return .zero }
        let pause = min(Duration.seconds(60 << min(unanswered - 3, 6)), .seconds(3600))
        return max(.zero, pause - max(.zero, wall - lastIntent))
    }

    /// Whether rejected credentials may be replaced: at most once in 24 hours.
    package func mayReplace(at wall: Duration) -> Bool {
        guard let lastReplacement else { return true }
        return wall - lastReplacement >= Self.replacementInterval
    }

    package static let replacementInterval = Duration.seconds(86_400)

    package mutating func recordIntent(at wall: Duration) {
        unanswered += 1
        lastIntent = wall
    }

    /// The last intent came to nothing: the request was never sent, so that the server cannot have acted on it.
    package mutating func withdrawIntent() {
        unanswered = max(0, unanswered - 1)
        if unanswered == 0 { lastIntent = nil }
    }

    /// Takes what lies in the future (the wall clock went back) for what happens now, so that a wait comes to its end.
    package mutating func settle(at wall: Duration) {
        lastIntent = lastIntent.map { min($0, wall) }
        lastReplacement = lastReplacement.map { min($0, wall) }
    }

    /// An answer came, whatever it said.
    package mutating func recordAnswer() {
        unanswered = 0
        lastIntent = nil
    }
}
