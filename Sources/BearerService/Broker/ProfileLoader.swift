internal import BearerCore
internal import BearerState

/// Reads what is kept of a profile. Blocks on the disk.
///
/// A profile whose files cannot be used is refused, and nothing is written over them; the others go on.
struct ProfileLoader: Sendable {
    let directory: StateDirectory
    /// That of this boot; `nil` when it cannot be read.
    let bootID: String?

    /// - Parameter unsaved: what systemd kept because the disk had not taken it. It is newer than what is on disk.
    func load(_ settings: ProfileSettings, now: Moment, unsaved: [UnsavedStore.Entry] = []) -> LoadedProfile {
        var profile = LoadedProfile(settings: settings, files: ProfileFiles(directory, key: settings.key))
        for entry in unsaved where entry.file.key == settings.key { take(entry, into: &profile, now: now) }
        do throws(StateError) {
            try read(&profile, now: now)
        } catch {
            profile.blockage = "\(error)"
            profile.isBlockagePassing = error.isPassing
        }
        return profile
    }

    private func take(_ entry: UnsavedStore.Entry, into profile: inout LoadedProfile, now: Moment) {
        profile.unsaved[entry.file.part] = entry
        switch entry.file.contents {
        case .credentials(let stored): profile.credentials = stored
        case .history(let record): profile.history = RegistrationHistory(record, bootID: bootID, at: now)
        }
    }

    private func read(_ profile: inout LoadedProfile, now: Moment) throws(StateError) {
        let isKnown = profile.unsaved[.history] != nil
        if profile.unsaved[.credentials] == nil,
            case .present(let stored, let warnings) = try profile.files.credentials.load()
        {
            profile.credentials = stored
            profile.warnings = warnings
        }
        do throws(StateError) {
            // A damaged one is replaced in any case, so that it can be written again.
            let (record, warning) = try profile.files.ledger.load(now: now.wall)
            if let warning { profile.warnings.append(warning) }
            if isKnown { return }
            profile.history = RegistrationHistory(record, bootID: bootID, at: now)
        } catch {
            guard isKnown else { throw error }
        }
    }
}
