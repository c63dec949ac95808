internal import BearerCore
internal import BearerState

/// Why nothing is asked upstream for a profile: its files cannot be used.
struct UnusableState: Sendable, Equatable {
    /// What clients are told.
    let reason: String
    /// Whether it may pass by itself.
    let isPassing: Bool
    let since: ClockReading
}

/// A profile with what is kept of it, before the broker takes it.
struct LoadedProfile: Sendable {
    var settings: ResolvedProfile
    /// `nil` where the client credentials are given: nothing of them is kept.
    let files: ProfileFiles?
    var credentials: StoredCredentials?
    var history = RegistrationHistory()
    /// What systemd kept because the disk had not taken it.
    var unsaved: [UnsavedFile.Part: UnsavedStore.Entry] = [:]
    /// A token that an earlier process obtained.
    var token: AccessToken?
    /// What ``token`` was issued to, see ``StoredToken/fingerprint(server:credentials:)``.
    var tokenFingerprint: String?
    /// Set when the files cannot be used.
    var unusable: UnusableState?
    /// Where there are no credentials for this software statement and server: those for others, in whose place it registers
    /// anew. Else newer ones, for others, which do not serve.
    var otherCredentials: OtherCredentials?
    var warnings: [StateWarning] = []

    /// Those that the profile has obtained, or is given.
    var clientCredentials: ClientCredentials? { settings.given?.credentials ?? credentials?.credentials }

    /// What a token for these credentials is marked with, see ``StoredToken/fingerprint(server:credentials:)``.
    var fingerprint: String? {
        clientCredentials.map { StoredToken.fingerprint(server: settings.server, credentials: $0) }
    }

    /// Whether the profile may serve a token with this mark. Where the credentials cannot be read, it is enough that the
    /// token was issued to this profile for the same server and statement.
    func accepts(fingerprint: String, key: String?) -> Bool {
        if let expected = self.fingerprint { return fingerprint == expected }
        return unusable != nil && key != nil && key == settings.key?.fileIdentifier
    }
}

extension TokenLifecycle {
    /// The life of the token with which the profile begins.
    init(_ loaded: LoadedProfile) {
        self.init(
            renewal: loaded.settings.renewal, origin: loaded.settings.origin,
            hasCredentials: loaded.clientCredentials != nil, history: loaded.history, restored: loaded.token)
    }
}

/// Reads what is kept of a profile. Blocks on the disk.
///
/// A profile whose files cannot be used is refused, and nothing is written over them; the others go on.
struct ProfileLoader: Sendable {
    let directory: StateDirectory
    /// That of this boot; `nil` when it cannot be read.
    let bootID: String?

    /// - Parameter unsaved: what systemd kept because the disk had not taken it. It is newer than what is on disk.
    func load(_ settings: ResolvedProfile, now: ClockReading, unsaved: [UnsavedStore.Entry] = []) -> LoadedProfile {
        guard let key = settings.key else { return LoadedProfile(settings: settings, files: nil) }
        let files = ProfileFiles(directory, key: key)
        var profile = LoadedProfile(settings: settings, files: files)
        for entry in unsaved where entry.file.key == key { take(entry, into: &profile, now: now) }
        do throws(StateError) {
            // Whoever restores a directory that was removed has another one.
            try directory.followPath()
            try read(files, into: &profile, now: now)
        } catch {
            profile.unusable = UnusableState(reason: "\(error)", isPassing: error.isPassing, since: now)
        }
        return profile
    }

    private func take(_ entry: UnsavedStore.Entry, into profile: inout LoadedProfile, now: ClockReading) {
        profile.unsaved[entry.file.part] = entry
        switch entry.file.contents {
        case .credentials(let stored): profile.credentials = stored
        case .history(let record): profile.history = RegistrationHistory(record, bootID: bootID, at: now)
        }
    }

    private func read(
        _ files: ProfileFiles, into profile: inout LoadedProfile, now: ClockReading
    ) throws(StateError) {
        let isKnown = profile.unsaved[.history] != nil
        if profile.unsaved[.credentials] == nil,
            case .present(let stored, let warnings) = try files.credentials.load()
        {
            profile.credentials = stored
            profile.warnings = warnings
        }
        profile.otherCredentials = files.credentials.others(newerThan: profile.credentials?.registeredAt)
        do throws(StateError) {
            // A damaged one is replaced in any case, so that it can be written again.
            let (record, warning) = try files.history.load(now: now.wall)
            if let warning { profile.warnings.append(warning) }
            if isKnown { return }
            profile.history = RegistrationHistory(record, bootID: bootID, at: now)
        } catch {
            guard isKnown else { throw error }
        }
    }
}
