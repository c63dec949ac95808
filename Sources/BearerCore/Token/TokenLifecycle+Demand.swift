/// What became of a client's wish for a newer token.
package enum Demand: Sendable, Equatable {
    /// An exchange is in flight, was started just now, or is planned after a failure: wait for how it ends.
    case joined
    /// Clients caused an exchange less than 30 s ago; another may be caused after this long.
    case slowDown(retryAfter: Duration)
}

extension TokenLifecycle {
    /// Clients cause at most one exchange of a profile in this time.
    private static let demandInterval = Duration.seconds(30)

    /// A client needs a newer token than the current one: joins the exchange in flight or starts one.
    ///
    /// After a failure none is started: the planned retry is joined, so that clients never shorten a backoff.
    package mutating func demandRenewal(at now: ClockReading) -> (Demand, [LifecycleAction]) {
        guard exchange == nil, failureStreak == nil, !isDemanded else { return (.joined, []) }
        if let last = lastDemand, now.boot - last.boot < Self.demandInterval {
            return (.slowDown(retryAfter: Self.demandInterval - (now.boot - last.boot)), [])
        }
        lastDemand = now
        isDemanded = true
        return (.joined, sendWhatIsDue(at: now))
    }

    /// An API turned the current token down, for a client of `user`. See ``RejectedGenerations``.
    package mutating func recordRejection(by user: UInt32, at now: ClockReading) -> [LifecycleAction] {
        guard let token, rejections.record(token.generation, by: user, at: now) else { return [] }
        return [.report(.freshTokenRejected(generation: token.generation))]
    }

    /// Since when APIs turn down even fresh tokens, as the journal said; `nil` once a token was renewed without having been
    /// turned down.
    package var freshTokensRejectedSince: ClockReading? { rejections.toldAt(before: generation) }
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
