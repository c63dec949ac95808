internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// Those who wait for a token, and what ends their wait.
extension Broker {
    /// Lets somebody wait for at most `limit`; `resume` is called once, unless the wait is cancelled.
    func wait(
        for wish: Waiter.Wish, atMost limit: Duration, _ profile: Profile,
        resume: @escaping (Waiter.Outcome, Profile) -> Void
    ) -> Ticket {
        let ticket = nextTicket(profile)
        let timeout = loop.schedule(after: limit) { self.assumeIsolated { $0.waitEnded(ticket) } }
        profile.waiters[ticket.number] = Waiter(wish: wish, timeout: timeout, resume: resume)
        return ticket
    }

    /// A client went away.
    func cancel(_ ticket: Ticket) {
        guard let profile = profiles[ticket.profile] else { return }
        if let waiter = profile.waiters.removeValue(forKey: ticket.number) { loop.cancel(waiter.timeout) }
        profile.watchers.removeValue(forKey: ticket.number)
        profile.registrants.removeValue(forKey: ticket.number)
    }

    func tokenChanged(_ profile: Profile, at moment: Moment) {
        for (number, waiter) in profile.waiters {
            guard let outcome = outcome(for: waiter, profile, at: moment) else { continue }
            finish(number, of: profile, with: outcome)
        }
        publishToken(of: profile, at: moment)
    }

    /// Answers those who asked for just the exchange that failed, and everybody if the server refuses the profile; the
    /// others wait for the next one.
    func exchangeFailed(_ profile: Profile, at moment: Moment) {
        if let refusal = profile.refusal {
            return endWaiting(profile, with: ErrorReply(.registrationRefused, refusal))
        }
        let error = unavailable(profile, at: moment)
        for (number, waiter) in profile.waiters {
            if case .other = waiter.wish { finish(number, of: profile, with: .failed(error)) }
        }
    }

    func refused(_ profile: Profile) {
        let refusal = ErrorReply(.registrationRefused, profile.refusal ?? "the profile is refused")
        endWaiting(profile, with: refusal)
        publish(refusal, to: profile)
    }

    func endWaiting(_ profile: Profile, with error: ErrorReply) {
        for number in profile.waiters.keys { finish(number, of: profile, with: .failed(error)) }
    }

    private func waitEnded(_ ticket: Ticket) {
        guard let profile = profiles[ticket.profile] else { return }
        finish(ticket.number, of: profile, with: .failed(unavailable(profile, at: now())))
    }

    /// What ends the wait now that there is a new token; `nil` if it does not.
    private func outcome(for waiter: Waiter, _ profile: Profile, at moment: Moment) -> Waiter.Outcome? {
        guard let token = profile.servableToken(at: moment) else { return nil }
        switch waiter.wish {
        case .other(let rejected) where token.value == rejected: return nil
        case .lasting(let minimum) where token.remaining(at: moment) < minimum:
            return .failed(ErrorReply(minimum: minimum, exceeds: token.lifetime))
        case .other, .lasting: return .token(token, at: moment)
        }
    }

    private func finish(_ number: UInt64, of profile: Profile, with outcome: Waiter.Outcome) {
        guard let waiter = profile.waiters.removeValue(forKey: number) else { return }
        loop.cancel(waiter.timeout)
        waiter.resume(outcome, profile)
    }
}
