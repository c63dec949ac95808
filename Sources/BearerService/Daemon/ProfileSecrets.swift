internal import BearerConfiguration
internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc

/// Reads what a profile asks the server with: a software statement, or the client credentials that it is given. Blocks on
/// the disk.
struct ProfileSecrets {
    let credentials: CredentialsDirectory

    func statement(from source: SecretSource) throws(SecretProblem) -> SoftwareStatement {
        let pasted = try read(source, "the software statement")
        do {
            return try SoftwareStatement(cleaning: pasted)
        } catch {
            throw SecretProblem(message: "\(source.place): \(error)")
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
        do throws(SystemdError) {
            switch source {
            case .file(let path): return try SecretFile.read(path: path)
            case .credential(let name): return try credentials.read(name)
            }
        } catch {
            var problem = SecretProblem(message: "\(what): \(error)")
            if case .fileUnreadable(_, EACCES) = error { problem.isDenied = true }
            throw problem
        }
    }
}

/// Why a profile cannot have what it asks with: what was found, what is expected and where, never content.
struct SecretProblem: Error, Equatable {
    let message: String
    /// It may be for another user only.
    var isDenied = false
}
