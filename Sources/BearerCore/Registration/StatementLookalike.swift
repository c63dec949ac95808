/// What people have at hand and take for a software statement, by how it begins. The raw value goes into messages; nothing of
/// the text itself does.
package enum StatementLookalike: String, Sendable {
    case header = "\"Bearer\" stands before it, as in an HTTP header field"
    case assignment = "software_statement stands before it, as in a form or a script"
    case object = "a JSON object was found"
    case clientCredentials = "a JSON object with a client_secret was found: client credentials"
    case pem = "a PEM file was found, a key or a certificate"
    case utf16 = "UTF-16 was found, as some editors on Windows save text"
    case encrypted = "base64 without a period was found, as systemd-creds encrypt writes it"

    init?(_ text: Slice<UnsafeRawBufferPointer>) {
        let found: StatementLookalike? =
            switch text.first {
            case UInt8(ascii: "{"): Self.contains(text, "\"client_secret\"") ? .clientCredentials : .object
            case 0xFF where text.dropFirst().first == 0xFE, 0xFE where text.dropFirst().first == 0xFF: .utf16
            case UInt8(ascii: "-") where Self.begins(text, "-----begin "): .pem
            case _ where Self.begins(text, "bearer "), _ where Self.begins(text, "authorization:"): .header
            case _ where Self.begins(text, "software_statement"): .assignment
            default: Self.isEncrypted(text) ? .encrypted : nil
            }
        guard let found else { return nil }
        self = found
    }

    func remedy(file: String) -> String {
        switch self {
        case .header, .assignment: "remove that, and leave the three parts only, in \(file)"
        case .object: "put the value of its software_statement alone into \(file)"
        case .clientCredentials: "name the file by client, in place of software_statement"
        case .pem: "copy the statement from the TVE Dashboard into \(file)"
        case .utf16: "iconv -f UTF-16 -t UTF-8 \(file) > statement.jws, and put that in its place"
        case .encrypted:
            "systemctl edit bearerd, and below [Service] LoadCredentialEncrypted= in place of LoadCredential="
        }
    }

    /// - Parameter prefix: in lower case.
    private static func begins(_ text: Slice<UnsafeRawBufferPointer>, _ prefix: String) -> Bool {
        text.prefix(prefix.utf8.count).map { ASCII.isLetter($0) ? $0 | 0x20 : $0 } == Array(prefix.utf8)
    }

    private static func contains(_ text: Slice<UnsafeRawBufferPointer>, _ word: String) -> Bool {
        let word = Array(word.utf8)
        return text.indices.contains { text[$0...].starts(with: word) }
    }

    /// Longer than a word that somebody typed.
    private static func isEncrypted(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        text.count >= 80
            && text.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "+/=\r\n".utf8.contains($0) }
    }
}
