internal import BearerCore

/// One line of a client: what it asks for, and the `id` by which it will know the answer.
package struct Request: Sendable, Equatable {
    package var id: RequestID?
    package var operation: Operation

    package init(id: RequestID? = nil, _ operation: Operation) {
        self.id = id
        self.operation = operation
    }

    /// Bytes that are kept of it while it waits for its reply.
    package var heldBytes: Int {
        let rejected = if case .renew(let renewal) = operation { renewal.rejected.count } else { 0 }
        return (id?.json.utf8.count ?? 0) + rejected
    }
}

/// What a client can ask for. A profile of nil is the one named `default`, else the only one.
package enum Operation: Sendable, Equatable {
    case token(TokenRequest)
    case renew(RenewRequest)
    case watch(profile: String?)
    /// A profile of nil is every visible one.
    case status(profile: String?)
    case ping
    case reload
    /// New credentials; without `force` nothing may be replaced.
    case register(profile: String?, force: Bool)
}
