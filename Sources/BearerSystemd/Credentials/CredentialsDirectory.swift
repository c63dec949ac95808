package import BearerCore
internal import Glibc

/// The directory of the credentials that the unit's `LoadCredential=`, `SetCredential=` and so on hand over,
/// systemd.exec(5).
package struct CredentialsDirectory: Sendable {
    private let path: String?

    /// `path` is the value of `$CREDENTIALS_DIRECTORY`, `nil` when it is not set.
    package init(path: String?) {
        self.path = path
    }

    /// The directory that this process was started with.
    package static var inherited: CredentialsDirectory {
        CredentialsDirectory(path: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
    }

    /// Reads one credential as ``SecretFile`` does.
    package func read(_ name: String) throws(SystemdError) -> Secret {
        guard !name.isEmpty, name.utf8.count <= 255, !name.contains("/"), name != ".", name != ".." else {
            throw .invalidCredentialName(name)
        }
        guard let path else { throw .noCredentialsDirectory(credential: name) }
        do {
            return try SecretFile.read(path: "\(path)/\(name)")
        } catch .fileMissing {
            throw .credentialMissing(credential: name, directory: path)
        }
    }
}
