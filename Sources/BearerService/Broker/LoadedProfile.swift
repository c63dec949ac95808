internal import BearerCore
internal import BearerState

/// A profile with what is kept of it, before the broker takes it.
struct LoadedProfile: Sendable {
    let settings: ProfileSettings
    let files: ProfileFiles
    var credentials: StoredCredentials?
    var history = RegistrationHistory()
    /// What systemd kept because the disk had not taken it.
    var unsaved: [UnsavedFile.Part: UnsavedStore.Entry] = [:]
    /// A token that an earlier process obtained.
    var token: AccessToken?
    /// What ``token`` was issued to, see ``StoredToken/fingerprint(server:credentials:)``.
    var tokenFingerprint: String?
    /// Why the profile is refused: its files cannot be used.
    var blockage: String?
    /// Whether the blockage may pass by itself.
    var isBlockagePassing = false
    var warnings: [StateWarning] = []

    /// What a token for these credentials is marked with, see ``StoredToken/fingerprint(server:credentials:)``.
    var fingerprint: String? {
        credentials.map { StoredToken.fingerprint(server: settings.server, credentials: $0.credentials) }
    }

    /// Whether the profile may serve a token with this mark. Where the credentials cannot be read it is enough that it was
    /// issued to this profile for the same server and statement.
    func accepts(fingerprint: String, key: String?) -> Bool {
        if let expected = self.fingerprint { return fingerprint == expected }
        return blockage != nil && key == settings.key.fileIdentifier
    }
}
