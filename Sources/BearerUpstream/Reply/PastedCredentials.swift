package import BearerCore
internal import BearerJSON

extension ClientCredentials {
    /// Reads what somebody put into a file: a JSON object with `client_id` and `client_secret`. Other members are passed over,
    /// so that the whole answer to a registration will do; white space and a byte order mark around it are dropped.
    package init(pasted: Secret) throws(PastedCredentialsError) {
        let (offset, text) = pasted.withBytes { bytes in
            let text = PastedText.trimmed(bytes, quotes: false)
            return (text.startIndex - bytes.startIndex, Secret(text))
        }
        guard !text.isEmpty else { throw PastedCredentialsError("nothing but white space was found") }
        let client = try Self.members(of: try Self.object(text, at: offset))
        self.init(clientID: client.id, clientSecret: client.secret, issuedAt: nil)
    }

    /// - Parameter offset: where the text begins in the file.
    private static func object(_ text: Secret, at offset: Int) throws(PastedCredentialsError) -> ReplyObject {
        do {
            return try ReplyObject(parsing: text)
        } catch {
            switch error {
            case .invalidJSON(let place): throw PastedCredentialsError("the JSON is broken at byte \(offset + place)")
            case .anotherKind(let kind): throw PastedCredentialsError("\(kind) was found")
            }
        }
    }

    private static func members(of object: ReplyObject) throws(PastedCredentialsError) -> (id: String, secret: Secret) {
        do {
            return try ClientMembers.read(object)
        } catch {
            throw PastedCredentialsError(error.detail)
        }
    }
}

/// Why bytes are not client credentials. Tells positions and kinds, never content.
package struct PastedCredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    private let finding: String

    init(_ finding: String) {
        self.finding = finding
    }

    package var description: String {
        "\(finding); client credentials are a JSON object with client_id and client_secret, as bearerctl export prints it"
    }
}

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
