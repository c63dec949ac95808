/// One request to the authorization server and its answer. At most one is in flight for a profile.
package struct Exchange: Sendable, Equatable {
    /// What is asked for.
    package enum Kind: Sendable, Equatable {
        /// Client credentials, at the registration endpoint. `replacing` those we have.
        case registration(replacing: Bool)
        /// An access token, at the token endpoint.
        case token
    }

    /// Counts the exchanges of one profile; an answer to any but the current one is dropped.
    package let id: UInt64
    package let kind: Kind

    package init(id: UInt64, kind: Kind) {
        self.id = id
        self.kind = kind
    }
}
