package import BearerCore
internal import Glibc

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

    /// The key that a file of ours says it belongs to.
    init(of contents: Secret) throws(StateError.FileProblem) {
        let record = try Record(contents, secretFields: [CredentialRecord.secretField])
        profile = try record.string("profile")
        server = try record.string("server")
        statementHash = try record.string("statement_sha256")
        guard ProfileName.isValid(profile.utf8) else { throw .invalidField("profile") }
    }

    /// Tells the files of one profile apart: 32 hexadecimal digits.
    package var fileIdentifier: String {
        String(SHA256.hexadecimal(of: Array("\(server)\n\(statementHash)".utf8)).prefix(32))
    }

    /// As they are written into each file.
    var fields: [(name: String, value: String)] {
        [("profile", profile), ("server", server), ("statement_sha256", statementHash)]
    }
}

/// Which installation this is, in a form that may be written down: machine-id(5) asks that the id itself stay
/// confidential, so this is HMAC-SHA256 with it as the key.
package struct MachineID: Sendable, Equatable {
    package static let systemPath = "/etc/machine-id"

    /// Hexadecimal.
    let hash: String

    /// Reads the file; `nil` where there is no machine-id, or none yet.
    static func read(path: String) -> MachineID? {
        readHint(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).flatMap(MachineID.init(identifier:))
    }
}

extension MachineID {
    private init?(identifier: String) {
        let digits = identifier.prefix { $0.isHexDigit }
        guard digits.count == 32 else { return nil }
        hash = SHA256.hexadecimalCode(of: "bearerd client credentials", key: String(digits))
    }
}
