package import BearerCore

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
        statement.secret.withBytes { hash.update($0) }
        statementHash = hash.hexadecimal()
    }

    /// Tells the files of one profile apart: 32 hexadecimal digits.
    var fileIdentifier: String {
        String(SHA256.hexadecimal(of: Array("\(server)\n\(statementHash)".utf8)[...]).prefix(32))
    }

    /// As they are written into each file.
    var fields: [(name: String, value: String)] {
        [("profile", profile), ("server", server), ("statement_sha256", statementHash)]
    }
}
