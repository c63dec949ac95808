internal import BearerCore
internal import BearerJSON

/// Reads the answer to a registration; RFC 7591 section 3.2.1.
///
/// Lenient with everything but the credentials themselves: to refuse a reply is to waste a registration.
enum RegistrationResponse {
    private static let maximumClientID = 1024
    private static let maximumClientSecret = 4096

    static func credentials(in reply: HTTPReply, now: Duration) throws(ExchangeFailure) -> ClientCredentials {
        let judge = ReplyJudge(endpoint: .register, now: now)
        let object = try judge.object(of: reply)
        do {
            let clientID = try printable("client_id", upTo: maximumClientID, in: object)
            return ClientCredentials(
                clientID: clientID.withBytes { String(decoding: $0, as: UTF8.self) },
                clientSecret: try printable("client_secret", upTo: maximumClientSecret, in: object),
                issuedAt: issuedAt(in: object), scopes: scopes(in: object))
        } catch {
            throw judge.unusable(reply, error.detail)
        }
    }

    /// Printable ASCII, as RFC 6749 appendices A.1 and A.2 have it.
    private static func printable(
        _ name: String, upTo limit: Int, in object: ReplyObject
    ) throws(ReplyProblem) -> Secret {
        let expected = "expected printable ASCII of 1 to \(limit) characters"
        guard let member = object[name] else { throw ReplyProblem("\(name) is missing, \(expected)") }
        guard case .text(let text) = member else { throw ReplyProblem("\(name) is \(member.kind), \(expected)") }
        guard !text.isEmpty else { throw ReplyProblem("\(name) is empty, \(expected)") }
        guard text.count <= limit else { throw ReplyProblem("\(name) has \(text.count) bytes, \(expected)") }
        guard text.withBytes({ $0.allSatisfy(ASCII.isPrintable) }) else {
            throw ReplyProblem("\(name) holds other characters, \(expected)")
        }
        return text
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
