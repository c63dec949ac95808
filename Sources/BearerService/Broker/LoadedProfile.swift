internal import BearerCore
internal import BearerState

/// A profile with what is kept of it on disk, before the broker takes it.
struct LoadedProfile: Sendable {
    let settings: ProfileSettings
    let files: ProfileFiles
    var credentials: StoredCredentials?
    var history = RegistrationHistory()
    /// A token that an earlier process obtained.
    var token: AccessToken?
    /// Why the profile is refused: its files cannot be used.
    var blockage: String?
    var warnings: [StateWarning] = []

    /// What a token for these credentials is marked with, see ``StoredToken/fingerprint(server:credentials:)``.
    var fingerprint: String? {
        credentials.map { StoredToken.fingerprint(server: settings.server, credentials: $0.credentials) }
    }
}
