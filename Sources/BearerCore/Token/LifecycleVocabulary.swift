/// What happens to a profile's token.
package enum LifecycleEvent: Sendable, Equatable {
    /// The profile is loaded and may begin.
    case start
    /// ``TokenLifecycle/nextDeadline`` may have been reached, or a clock was stepped.
    case deadline
    /// The registration with this number yielded credentials, and they are in use.
    case registered(exchange: UInt64)
    /// The token request with this number, sent at `sentAt`, yielded a token.
    case granted(exchange: UInt64, TokenGrant, sentAt: ClockReading)
    /// The exchange with this number yielded nothing.
    case failed(exchange: UInt64, ExchangeFailure)
    /// An administrator asks for new client credentials.
    case registrationForced
    /// Nobody wants the new client credentials any more that an administrator asked for, and they were not asked for yet.
    case registrationWithdrawn
    /// Other client credentials were given. An exchange in flight is with those before: its answer is dropped.
    case credentialsChanged
}

/// What the shell must do for a ``TokenLifecycle``, in this order.
package enum LifecycleAction: Sendable, Equatable {
    /// Send this exchange as soon as the budget allows, and answer with an event that carries its number.
    case send(Exchange)
    /// Write ``TokenLifecycle/history`` again: its times would be read wrongly after a reboot. Before and after a
    /// registration it is written anyway.
    case saveHistory
    /// Tell the journal.
    case report(LifecycleReport)
    /// There is a new token: answer the clients that wait for it, tell those that watch.
    case tokenChanged
    /// The current token has ended: tell the clients that watch.
    case tokenEnded
    /// An exchange failed: answer the clients that asked for just that one.
    case exchangeFailed
    /// The server refused the profile and no token is left: answer all clients that wait.
    case refused
}

/// What is reported to the journal about a profile: one entry at the start of trouble, one when the state changes, one at
/// the end.
package enum LifecycleReport: Sendable, Equatable {
    case registered(replacing: Bool)
    /// Registration waits because `unanswered` earlier ones were never answered.
    case registrationHeld(unanswered: Int, next: ClockReading)
    case tokenObtained(generation: UInt64, lifetime: Duration, renewal: ClockReading)
    case exchangeFailed(Exchange.Kind, ExchangeFailure, next: ClockReading, isServing: Bool)
    /// `invalid_client`.
    case credentialsRejected(Replacement, next: ClockReading)
    case refused(OAuthError, Exchange.Kind, next: ClockReading)
    /// The token ended with no successor.
    case tokenExpired(next: ClockReading?)
    /// Trouble is over after `failures` failed exchanges in `duration`.
    case recovered(generation: UInt64, lifetime: Duration, renewal: ClockReading, failures: Int, duration: Duration)
    /// APIs rejected tokens of two successive generations, for clients of different users. Reported once per series.
    case freshTokenRejected(generation: UInt64)
}

/// What became of a client's wish for a newer token.
package enum Demand: Sendable, Equatable {
    /// An exchange is in flight, was started just now, or is planned after a failure: wait for how it ends.
    case joined
    /// Clients caused an exchange less than 30 s ago; another may be caused after this long.
    case slowDown(retryAfter: Duration)
}

/// When client credentials that the server rejects are replaced, if it goes on rejecting them.
package enum Replacement: Sendable, Equatable {
    package enum Reason: Sendable {
        /// Nearly all of the current token's life is to be used first.
        case tokenServed
        /// They were replaced less than 24 hours before.
        case replacedBefore
        /// Earlier registrations were not answered.
        case registrationHeld
    }

    /// `reregister: never`.
    case never
    /// As soon as the rejection is confirmed: nothing else is waited for.
    case onceConfirmed
    /// Not before this time.
    case from(ClockReading, Reason)
}

/// An administrator's order to register anew, as far as it is not carried out yet.
package enum ForcedRegistration: Sendable, Equatable {
    case none
    /// The registration follows the token request in flight.
    case next(since: ClockReading)
    /// The registration is the exchange in flight, in place of what was planned.
    case begun(since: ClockReading, insteadOf: PlannedAttempt?)

    /// When it was ordered.
    package var since: ClockReading? {
        switch self {
        case .none: nil
        case .next(let since), .begun(let since, _): since
        }
    }
}

/// What a profile has done since the daemon's start.
package struct LifecycleCounters: Sendable, Equatable {
    /// Tokens obtained.
    package var renewals: UInt64 = 0
    /// Exchanges that failed.
    package var failures: UInt64 = 0
    /// Registrations that yielded credentials.
    package var registrations: UInt64 = 0
}

/// The word that `status` shows for a profile.
package enum ProfileState: String, Sendable, CaseIterable {
    /// No token yet, and nothing went wrong for good.
    case starting
    /// A token is served, its renewal is planned.
    case ready
    /// A token is served, its successor is being fetched.
    case renewing
    /// The last exchange failed. A token may still be served.
    case degraded
    /// The authorization server refused the profile, or its stored credentials cannot be read.
    case refused
}

/// What the token endpoint granted: the token and how long it lasts. RFC 6749 section 5.1.
package struct TokenGrant: Sendable, Equatable {
    /// RFC 6750 `b64token`, at most 8 KiB.
    package let value: Secret
    /// `expires_in`: at least 1 s, at most ``maximumLifetime``.
    package let lifetime: Duration

    /// A server that promises more than 30 days is believed for 30 days.
    package static let maximumLifetime = Duration.seconds(30 * 86_400)

    package init(value: Secret, lifetime: Duration) {
        self.value = value
        self.lifetime = min(lifetime, Self.maximumLifetime)
    }
}

/// When the next exchange is due.
package struct PlannedAttempt: Sendable, Equatable {
    let at: ClockReading
    /// Nothing brings it forward before this: a `Retry-After`, a refusal or a held registration.
    let notBefore: ClockReading
}
