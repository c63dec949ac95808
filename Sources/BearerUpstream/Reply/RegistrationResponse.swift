internal import BearerCore
internal import BearerJSON

/// Reads the answer to a registration; RFC 7591 section 3.2.1.
///
/// Lenient with everything but the credentials themselves: to refuse a reply is to waste a registration.
enum RegistrationResponse {
    static func credentials(in reply: HTTPReply, now: Duration) throws(ExchangeFailure) -> ClientCredentials {
        let judge = ReplyJudge(endpoint: .register, now: now)
        let object = try judge.object(of: reply)
        do {
            let client = try ClientMembers.read(object)
            return ClientCredentials(
                clientID: client.id, clientSecret: client.secret, issuedAt: issuedAt(in: object),
                scopes: scopes(in: object))
        } catch {
            throw judge.unusable(reply, error.detail)
        }
    }

    /// What is no scope is left out.
    private static func scopes(in object: ReplyObject) -> [String]? {
        guard case .other(let value) = object["scopes"], let elements = value.array else { return nil }
        return Array(elements.compactMap(\.string).filter(Scope.isValid).prefix(Scope.maximumCount))
    }

    /// A negative one says nothing: some servers answer -1 for “unknown”.
    private static func issuedAt(in object: ReplyObject) -> Int64? {
        guard case .other(let value) = object["client_id_issued_at"], let seconds = value.wholeNumber, seconds >= 0
        else { return nil }
        return seconds
    }
}
