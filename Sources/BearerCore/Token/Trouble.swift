/// A row of failed exchanges that no success has ended yet.
package struct Trouble: Sendable, Equatable {
    package let since: Moment
    package internal(set) var failures: Int
    package internal(set) var last: ExchangeFailure
    package internal(set) var lastAt: Moment
    /// The documented error by which the server refused the profile, if it did.
    package internal(set) var refusal: OAuthError?
}
