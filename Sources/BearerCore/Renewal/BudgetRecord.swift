/// What the next process must know of a ``Budget``, so that quick restarts neither add up to a burst nor forget that the
/// server said it was too much.
package struct BudgetRecord: Sendable, Equatable {
    /// Calls that the bucket held, in parts of a call.
    package let level: Double
    /// The wall clock since 1970 at writing. One that went back since adds nothing.
    package let writtenAt: Duration
    /// The pause between calls since the last 429; zero for none.
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
