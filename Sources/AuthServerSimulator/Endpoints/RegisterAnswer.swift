internal import BearerJSON

extension ClientRegistry {
    /// 201 with the new client's credentials. RFC 7591 section 3.2.1, with Adobe's `scopes`.
    mutating func answer(
        _ order: RegistrationOrder, policy: StatementPolicy, at now: Duration
    ) throws(Refusal) -> Answer {
        if case .known(let statements) = policy, !statements.contains(order.statement) {
            throw .refused("unapproved_software_statement")
        }
        let client = register(order, at: now)
        let reply = HTTPReply.json(status: 201) { writer in
            writer.member("client_id", client.id)
            writer.member("client_secret", client.secret)
            writer.member("client_id_issued_at", now.components.seconds)
            writer.member("redirect_uris", .array(client.redirectURI.map { [.string($0)] } ?? []))
            writer.member("grant_types", ["client_credentials"])
            writer.member("scopes", ["api:client:v2"])
        }
        return Answer(reply, clientID: client.id)
    }
}
