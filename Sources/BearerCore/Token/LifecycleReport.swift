/// What the journal is told about a profile: one entry at the start of trouble, one when the state changes, one at
/// the end.
package enum LifecycleReport: Sendable, Equatable {
    case registered(replacing: Bool)
    /// Registration waits because `unanswered` earlier ones were never answered.
    case registrationHeld(unanswered: Int, next: Moment)
    case tokenObtained(generation: UInt64, lifetime: Duration, renewal: Moment)
    case exchangeFailed(Exchange.Kind, ExchangeFailure, next: Moment, isServing: Bool)
    /// `invalid_client`. With `policy` automatic, new credentials follow once that is confirmed.
    case credentialsRejected(policy: Reregistration, next: Moment)
    case refused(OAuthError, Exchange.Kind, next: Moment)
    /// The token ended with no successor.
    case tokenExpired(next: Moment?)
    /// Trouble is over after `failures` failed exchanges in `duration`.
    case recovered(generation: UInt64, lifetime: Duration, renewal: Moment, failures: Int, duration: Duration)
    /// APIs turned down tokens of two successive generations, for clients of different users. Told once for a row of such.
    case freshTokenRejected(generation: UInt64)
}
