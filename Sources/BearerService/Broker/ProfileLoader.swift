internal import BearerCore
internal import BearerState

/// Reads what is kept of a profile. Blocks on the disk.
///
/// A profile whose files cannot be used is refused, and nothing is written over them; the others go on.
struct ProfileLoader: Sendable {
    let directory: StateDirectory
    /// That of this boot; `nil` when it cannot be read.
    let bootID: String?

    func load(_ settings: ProfileSettings, now: Moment) -> LoadedProfile {
        var profile = LoadedProfile(settings: settings, files: ProfileFiles(directory, key: settings.key))
        do throws(StateError) {
            if case .present(let stored, let warnings) = try profile.files.credentials.load() {
                profile.credentials = stored
                profile.warnings = warnings
            }
            let (record, warning) = try profile.files.ledger.load(now: now.wall)
            profile.history = RegistrationHistory(record, bootID: bootID, at: now)
            if let warning { profile.warnings.append(warning) }
        } catch {
            profile.blockage = "\(error)"
        }
        return profile
    }
}
