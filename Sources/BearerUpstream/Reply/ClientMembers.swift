internal import BearerCore

/// The two members of a registration's answer that matter, RFC 7591 section 3.2.1: wherever they come from, they must be of
/// the form that a token request needs.
enum ClientMembers {
    private static let maximumID = 1024
    private static let maximumSecret = 4096

    static func read(_ object: ReplyObject) throws(ReplyProblem) -> (id: String, secret: Secret) {
        let id = try printable("client_id", upTo: maximumID, in: object)
        let secret = try printable("client_secret", upTo: maximumSecret, in: object)
        return (id.withBytes { String(decoding: $0, as: UTF8.self) }, secret)
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
}
