/// Counts answers of `invalid_client` until they can be believed: a server that errs for some minutes must not cost
/// viewers their sign-in.
package struct InvalidClientStreak: Sendable, Equatable {
    private var answers = 0
    private var first: Duration?

    package init() {}

    package var count: Int { answers }

    /// - Parameter boot: CLOCK_BOOTTIME.
    package mutating func recordAnswer(at boot: Duration) {
        answers += 1
        first = first ?? boot
    }

    /// Three answers over at least a minute.
    package func isConfirmed(at boot: Duration) -> Bool {
        guard let first else { return false }
        return answers >= 3 && boot - first >= .seconds(60)
    }
}
