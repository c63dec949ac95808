/// What must be remembered across restarts so that a host does not register again and again.
///
/// Times are on CLOCK_BOOTTIME, which nobody can set: no step of the wall clock makes a wait shorter or longer. A time of
/// an earlier boot is at most 0. ``RegistrationRecord`` is the form that outlives a boot.
package struct RegistrationHistory: Sendable, Equatable {
    /// Registrations in a row that were sent and never answered; each may have made a client that nobody knows.
    package var unanswered: Int
    /// When the last of them was sent or, where that is known, given up.
    package var lastIntent: Duration?
    /// When credentials were last replaced, because the server had rejected them or by force. It is recorded with the
    /// intent: a process that dies before the answer must not replace them a second time.
    package var lastReplacement: Duration?

    package init(unanswered: Int = 0, lastIntent: Duration? = nil, lastReplacement: Duration? = nil) {
        self.unanswered = unanswered
        self.lastIntent = lastIntent
        self.lastReplacement = lastReplacement
    }

    /// Rejected credentials are replaced at most once in this time.
    package static let replacementInterval = Duration.seconds(86_400)

    /// After this many unanswered registrations the next one waits.
    private static let firstHeld = 3

    /// How long the next registration must still wait: nothing up to two unanswered ones, then 1, 2, 4 … 60 minutes
    /// after the last.
    package func hold(at boot: Duration) -> Duration {
        guard unanswered >= Self.firstHeld, let lastIntent else { return .zero }
        let pause = min(Duration.seconds(60 << min(unanswered - Self.firstHeld, 6)), .seconds(3600))
        return max(.zero, pause - (boot - lastIntent))
    }

    /// Whether rejected credentials may be replaced.
    package func mayReplace(at boot: Duration) -> Bool {
        replacementWait(at: boot) == .zero
    }

    /// How long rejected credentials must not be replaced yet.
    func replacementWait(at boot: Duration) -> Duration {
        lastReplacement.map { max(.zero, Self.replacementInterval - (boot - $0)) } ?? .zero
    }

    /// A registration is about to be sent. This must be durable first.
    package mutating func recordIntent(replacing: Bool, at boot: Duration) {
        unanswered += 1
        lastIntent = boot
        if replacing { lastReplacement = boot }
    }

    /// The intent, or the credentials that came of it, could be recorded nowhere: a later process would register again, so
    /// that the next registration waits.
    package mutating func recordUnwritten(at boot: Duration) {
        unanswered = max(unanswered, Self.firstHeld)
        lastIntent = boot
    }

    /// No answer came to the last intent: the server may have carried it out as late as now.
    package mutating func recordLoss(replacing: Bool, at boot: Duration) {
        lastIntent = boot
        if replacing { lastReplacement = boot }
    }

    /// An answer came, whatever it said.
    package mutating func recordAnswer() {
        unanswered = 0
        lastIntent = nil
    }

    /// Whether it holds a time, which a wrong wall clock can spoil on disk.
    var hasTimes: Bool { lastIntent != nil || lastReplacement != nil }
}
