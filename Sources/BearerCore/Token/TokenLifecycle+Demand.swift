/// What became of a client's wish for a newer token.
package enum Demand: Sendable, Equatable {
    /// An exchange is in flight, was started just now, or is planned after a failure: wait for how it ends.
    case joined
    /// Clients caused an exchange less than 30 s ago; another may be caused after this long.
    case slowDown(retryAfter: Duration)
}

extension TokenLifecycle {
    /// Clients cause at most one exchange of a profile in this time.
    static let demandInterval = Duration.seconds(30)

    /// A client needs a newer token than the one in hand: joins the exchange in flight or starts one.
    ///
    /// After a failure none is started: the planned retry is joined, so that clients never shorten a backoff.
    package mutating func demandRenewal(at now: Moment) -> (Demand, [LifecycleAction]) {
        guard exchange == nil, trouble == nil, !isDemanded else { return (.joined, []) }
        if let last = lastDemand, now.boot - last.boot < Self.demandInterval {
            return (.slowDown(retryAfter: Self.demandInterval - (now.boot - last.boot)), [])
        }
        lastDemand = now
        isDemanded = true
        return (.joined, sendWhatIsDue(at: now))
    }

    /// An API turned the current token down, for a client of `user`. See ``RejectedGenerations``.
    package mutating func recordRejection(by user: UInt32) -> [LifecycleAction] {
        guard let token, rejections.record(token.generation, by: user) else { return [] }
        return [.report(.freshTokenRejected(generation: token.generation))]
    }
}
