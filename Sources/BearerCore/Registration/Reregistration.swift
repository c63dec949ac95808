/// What to do when the authorization server says that the client credentials are no good (`invalid_client`).
package enum Reregistration: String, Sendable, CaseIterable {
    /// Register anew, but only once that answer is confirmed and the token in hand is about to end.
    case automatic
    /// Never: go on serving what is valid, and say so.
    case never
}
