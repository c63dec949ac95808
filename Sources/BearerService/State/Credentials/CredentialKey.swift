package import BearerCore
internal import Crypto

/// What client credentials belong to. Change the server or the statement, and the profile has others; change back,
/// and the old ones serve again.
package struct CredentialKey: Sendable, Hashable {
    /// By the grammar of profile names, which makes it the name of a directory as well.
    package let profile: String
    /// The base URL, in its normal form.
    package let server: String
    /// SHA-256, hexadecimal.
    let statementHash: String

    package init(profile: String, server: String, statement: SoftwareStatement) {
        self.profile = profile
        self.server = server
        var hash = SHA256()
        statement.secret.withBytes { hash.update(bufferPointer: $0) }
        statementHash = hexadecimal(hash.finalize())
    }

    /// Tells the files of one profile apart: 32 hexadecimal digits.
    var fileIdentifier: String {
        var hash = SHA256()
        Array("\(server)\n\(statementHash)".utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        return String(hexadecimal(hash.finalize()).prefix(32))
    }

    /// As they are written into each file.
    var fields: [(name: String, value: String)] {
        [("profile", profile), ("server", server), ("statement_sha256", statementHash)]
    }
}

/// Two lower-case digits a byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
