internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// Requests that wait for a token of one profile. Lives on the loop.
final class TokenWaiters {
    /// What ends a wait.
    enum Wish {
        /// A token that lasts at least this long.
        case lasting(Duration)
        /// A token other than this one, which an API rejected.
        case other(than: Secret)
    }

    /// What an error says that the profile lacks.
    static func lack(_ wish: Wish) -> String {
        switch wish {
        case .lasting(.zero): "has no token"
        case .lasting(let minimum): "has no token that lasts \(minimum.components.seconds) s"
        case .other: "has no other token"
        }
    }

    /// How a wait ended.
    enum Outcome {
        case token(AccessToken, at: ClockReading)
        case failed(ErrorReply)
    }

    private struct Waiter {
        let wish: Wish
        let timeout: LoopTimer
        let resume: (Outcome) -> Void
    }

    private let loop: ServingLoop
    private var waiters: [UInt64: Waiter] = [:]
    private var numbers: UInt64 = 0

    init(on loop: ServingLoop) {
        self.loop = loop
    }

    var count: Int { waiters.count }

    /// Lets a request wait for at most `limit`.
    ///
    /// - Parameters:
    ///   - timeout: what the request is answered when the time is over.
    ///   - resume: called once, unless the wait is cancelled.
    /// - Returns: cancels the wait.
    func add(
        _ wish: Wish, limit: Duration, timeout: @escaping () -> ErrorReply, resume: @escaping (Outcome) -> Void
    ) -> () -> Void {
        numbers += 1
        let number = numbers
        let timer = loop.schedule(after: limit) { [self] in end(number, with: .failed(timeout())) }
        waiters[number] = Waiter(wish: wish, timeout: timer, resume: resume)
        return { [self] in
            if let waiter = waiters.removeValue(forKey: number) { loop.cancel(waiter.timeout) }
        }
    }

    /// There is a new token: ends the waits that it ends. A server may give out the one that an API rejected again.
    func settle(with token: AccessToken, at now: ClockReading) {
        for (number, waiter) in waiters {
            switch waiter.wish {
            case .other(let rejected) where token.value == rejected: end(number, with: .failed(.sameTokenAgain))
            case .lasting(let minimum) where token.remaining(at: now) < minimum:
                end(number, with: .failed(ErrorReply(minimum: minimum, exceeds: token.lifetime)))
            case .other, .lasting: end(number, with: .token(token, at: now))
            }
        }
    }

    /// Ends every wait.
    func failAll(_ error: ErrorReply) {
        for number in waiters.keys { end(number, with: .failed(error)) }
    }

    /// Ends the waits for another token than a rejected one: they are for just the exchange that failed.
    func failRenewals(_ error: ErrorReply) {
        for (number, waiter) in waiters {
            if case .other = waiter.wish { end(number, with: .failed(error)) }
        }
    }

    private func end(_ number: UInt64, with outcome: Outcome) {
        guard let waiter = waiters.removeValue(forKey: number) else { return }
        loop.cancel(waiter.timeout)
        waiter.resume(outcome)
    }
}

extension ErrorReply: Error {}

extension ErrorReply {
    /// The daemon stops: there is no more waiting, and nothing new is begun.
    static let stopping = ErrorReply(.temporarilyUnavailable, "bearerd is stopping", retryAfter: .seconds(1))

    /// Asking again soon is pointless: clients may cause an exchange every 30 s.
    static let sameTokenAgain = ErrorReply(
        .temporarilyUnavailable, "the authorization server gave the rejected token out again",
        retryAfter: .seconds(30))

    /// No token lasts that long, not even a fresh one.
    init(minimum: Duration, exceeds lifetime: Duration) {
        self.init(
            .invalidRequest,
            "min_valid is \(minimum.components.seconds), but a fresh token lasts \(lifetime.components.seconds) s: ask for "
                + "less")
    }
}
