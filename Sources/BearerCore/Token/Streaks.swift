/// Failed exchanges in a row that no success has ended yet.
package struct FailureStreak: Sendable, Equatable {
    package let since: ClockReading
    package internal(set) var failures: Int
    package internal(set) var last: ExchangeFailure
    package internal(set) var lastAt: ClockReading
    /// The documented error by which the server refused the profile, if it did.
    package internal(set) var refusal: OAuthError?
}

/// Counts answers of `invalid_client` until they can be believed: a server that errs for some minutes must not cost
/// viewers their sign-in.
package struct InvalidClientStreak: Sendable, Equatable {
    /// Answers over at least this long are believed.
    static let confirmation = Duration.seconds(60)

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
        return answers >= 3 && boot - first >= Self.confirmation
    }
}

/// Which tokens APIs rejected, and the users whose clients said so.
///
/// One client may be wrong, or malicious. Two different users of two successive tokens are news: the tokens themselves are
/// no good there.
struct RejectedGenerations: Sendable, Equatable {
    private var generation: UInt64 = 0
    /// At most two users: the question is only whether there is another one.
    private var users: [UInt32] = []
    private var usersBefore: [UInt32] = []
    /// When these successive generations were reported.
    private var toldAt: ClockReading?

    /// Records that a client of `user` had the token of `generation` rejected.
    ///
    /// - Returns: whether that is news, once per series of successive generations.
    mutating func record(_ generation: UInt64, by user: UInt32, at now: ClockReading) -> Bool {
        if generation != self.generation { begin(generation) }
        if users.count < 2, !users.contains(user) { users.append(user) }
        guard toldAt == nil, usersBefore.contains(where: { $0 != user }) else { return false }
        toldAt = now
        return true
    }

    /// When the series was reported that goes on with the token of `generation`; `nil` without one.
    func toldAt(before generation: UInt64) -> ClockReading? {
        generation <= self.generation + 1 ? toldAt : nil
    }

    private mutating func begin(_ next: UInt64) {
        let isSuccessor = next == generation + 1
        usersBefore = isSuccessor ? users : []
        if !isSuccessor { toldAt = nil }
        generation = next
        users = []
    }
}
