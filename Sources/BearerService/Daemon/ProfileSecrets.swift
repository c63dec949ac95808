internal import BearerConfiguration
internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc

/// Reads what a profile asks the server with: a software statement, or the client credentials that it is given. Blocks on
/// the disk.
struct ProfileSecrets: Sendable {
    /// Reads a systemd credential by its name.
    let credential: @Sendable (String) throws(SecretProblem) -> Secret
    let sandbox: Sandbox

    /// What this process was started with.
    static var inherited: ProfileSecrets {
        let directory = CredentialsDirectory.inherited
        return ProfileSecrets(
            credential: { (name) throws(SecretProblem) in
                do { return try directory.read(name) } catch { throw SecretProblem(message: "\(error)") }
            }, sandbox: environment("NOTIFY_SOCKET") == nil ? .none : .inside)
    }

    func statement(from source: SecretSource) throws(SecretProblem) -> SoftwareStatement {
        let pasted = try read(source, "the software statement")
        do {
            return try SoftwareStatement(cleaning: pasted)
        } catch {
            throw SecretProblem(message: "\(source.place): \(error); \(error.remedy(path: Self.path(of: source)))")
        }
    }

    func clientCredentials(from source: SecretSource) throws(SecretProblem) -> ClientCredentials {
        let pasted = try read(source, "the client credentials")
        do {
            return try ClientCredentials(pasted: pasted)
        } catch {
            throw SecretProblem(message: "\(source.place): \(error)")
        }
    }

    private func read(_ source: SecretSource, _ what: String) throws(SecretProblem) -> Secret {
        do throws(SecretProblem) {
            switch source {
            case .file(let path): return try read(file: path)
            case .credential(let name): return try credential(name)
            }
        } catch {
            throw SecretProblem(message: "\(what): \(error.message)", isDenied: error.isDenied, isSeen: error.isSeen)
        }
    }

    private func read(file path: String) throws(SecretProblem) -> Secret {
        if case .outside = sandbox, let reason = sandbox.reason(path) {
            throw SecretProblem(message: "\(path): \(reason)")
        }
        do {
            return try SecretFile.read(path: path)
        } catch {
            switch error {
            case .fileMissing, .fileUnreadable(_, EACCES):
                if let reason = sandbox.reason(path) { throw SecretProblem(message: "\(path): \(reason)") }
            default: break
            }
            guard case .fileUnreadable(_, EACCES) = error else { throw SecretProblem(message: "\(error)") }
            let denial = FileAccess(path: path, isSecret: true).denial
            throw SecretProblem(message: "\(error): \(denial)", isDenied: true)
        }
    }

    /// Where an operator finds it.
    private static func path(of source: SecretSource) -> String {
        switch source {
        case .file(let path): path
        case .credential(let name): CredentialPlace(name).path
        }
    }
}

/// Why a profile cannot have what it asks with: what was found, what is expected and where, never content.
struct SecretProblem: Error, Equatable {
    let message: String
    /// It may be for another user only.
    var isDenied = false
    /// Whether this process could look at all.
    var isSeen = true
}
