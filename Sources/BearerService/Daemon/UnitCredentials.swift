internal import BearerCore
internal import BearerSystemd
internal import Glibc

/// The credentials that systemd would hand over, looked for where it looks: systemd.exec(5). Root sees what is in them.
struct UnitCredentials {
    private static let stores = ["/etc/credstore", "/run/credstore", "/usr/local/lib/credstore", "/usr/lib/credstore"]

    let service: InstalledUnit

    func read(_ name: String) throws(SecretProblem) -> Secret {
        let isSet = (service.list("SetCredential") + service.list("SetCredentialEncrypted")).contains {
            $0.hasPrefix("\(name):")
        }
        let imported = service.list("ImportCredential").contains(name) ? name : nil
        let plain = place(of: name, in: service.list("LoadCredential")) ?? imported
        let encrypted = place(of: name, in: service.list("LoadCredentialEncrypted")) ?? imported
        let isPattern = service.list("ImportCredential").contains { $0.hasSuffix("*") }
        guard plain != nil || encrypted != nil || isSet || isPattern else {
            throw SecretProblem(
                message: "credential \(name): bearerd.service does not load it; \(CredentialPlace(name).remedy)")
        }
        guard geteuid() == 0 else {
            throw SecretProblem(message: "credential \(name): not looked at; root can", isSeen: false)
        }
        if let path = encrypted.flatMap({ file(name, $0, suffix: ".encrypted") }) { return try decrypted(name, path) }
        if let path = (plain ?? encrypted).flatMap({ file(name, $0, suffix: "") }) { return try content(path) }
        guard !isSet, !isPattern else {
            throw SecretProblem(message: "credential \(name): not looked at: the unit may have it", isSeen: false)
        }
        throw SecretProblem(message: "\(SystemdError.credentialMissing(credential: name, directory: Self.stores[0]))")
    }

    /// What is after the colon of `LoadCredential=ID:PATH`, or the ID itself.
    private func place(of name: String, in list: [String]) -> String? {
        for entry in list {
            let parts = entry.split(separator: ":", maxSplits: 1)
            if parts.first.map(String.init) == name { return parts.count == 2 ? String(parts[1]) : name }
        }
        return nil
    }

    /// The file that is there, by an absolute path or in a credential store.
    private func file(_ name: String, _ place: String, suffix: String) -> String? {
        if place.hasPrefix("/") { return access(place, F_OK) == 0 ? place : nil }
        return Self.stores.map { "\($0)\(suffix)/\(place)" }.first { access($0, F_OK) == 0 }
    }

    private func content(_ path: String) throws(SecretProblem) -> Secret {
        do { return try SecretFile.read(path: path) } catch { throw SecretProblem(message: "\(error)") }
    }

    private func decrypted(_ name: String, _ path: String) throws(SecretProblem) -> Secret {
        guard let secret = CommandOutput.of("systemd-creds", "decrypt", "--name=\(name)", path, "-") else {
            throw SecretProblem(
                message: "credential \(name): \(path) cannot be decrypted on this host under this name; encrypt it "
                    + "again: systemd-creds encrypt --name=\(name) statement.jws \(ShellWord.quoted(path))")
        }
        return secret
    }
}
