package import BearerCore

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
