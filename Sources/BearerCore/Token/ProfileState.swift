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
