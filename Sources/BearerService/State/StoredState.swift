internal import BearerCore
internal import BearerState
internal import BearerSystemd

/// Takes back what systemd kept for us over a restart.
struct StoredState {
    /// How many descriptors systemd may have to keep of a profile: its token, its credentials and its registration history,
    /// each beside the one whose place it takes.
    static let descriptorsPerProfile = 6

    let loader: ProfileLoader
    let tokens: TokenStore
    let unsaved: UnsavedStore
    let journal: Journal

    /// The profiles, with what is on disk, what an earlier process could not write, and the tokens that it obtained.
    func load(
        _ profiles: [ResolvedProfile], from handedOver: [ListenDescriptor], at now: ClockReading
    ) -> [LoadedProfile] {
        let entries = unsaved.takeBack(handedOver.filter { UnsavedStore.isName($0.name) }) { name, problem in
            drop(name, "stored state", problem)
        }
        settle(entries, of: profiles)
        let loaded = profiles.map { loader.load($0, now: now, unsaved: entries) }
        return restore(handedOver.filter { !UnsavedStore.isName($0.name) }, of: loaded, at: now)
    }

    /// What belongs to a server, a statement or a profile that is configured no more is written to its place, so that it
    /// serves again when the configuration is changed back; it stays in the store until the disk takes it.
    private func settle(_ entries: [UnsavedStore.Entry], of profiles: [ResolvedProfile]) {
        let keys = Set(profiles.compactMap(\.key))
        for entry in entries where !keys.contains(entry.file.key) {
            let profile = entry.file.key.profile
            do throws(StateError) {
                try entry.file.save(in: loader.directory)
                unsaved.forget(entry)
            } catch {
                journal.write(
                    .stateWarning,
                    "\(profile): the \(entry.file.part) of an earlier configuration is not on disk: \(error)",
                    [.profile: profile])
            }
        }
    }

    private func restore(
        _ descriptors: [ListenDescriptor], of profiles: [LoadedProfile], at now: ClockReading
    ) -> [LoadedProfile] {
        let named = Dictionary(uniqueKeysWithValues: profiles.map { ($0.settings.name, $0) })
        let found = tokens.takeBack(descriptors) { name, profile, problem in
            drop(name, "a stored token", problem, of: profile)
        } isUsable: { stored in
            guard let profile = named[stored.profile] else { return .unknownProfile }
            guard profile.accepts(fingerprint: stored.fingerprint, key: stored.key) else { return .otherCredentials }
            return stored.token.isServable(at: now) ? nil : .expired
        }
        return profiles.map { profile in
            var restored = profile
            restored.token = found[profile.settings.name]?.token
            restored.tokenFingerprint = found[profile.settings.name]?.fingerprint
            return restored
        }
    }

    private func drop(_ name: String, _ what: String, _ problem: StoredTokenError, of profile: String? = nil) {
        var fields: [JournalField: String] = [.error: "\(problem)"]
        fields[.profile] = profile
        journal.write(.storedTokenDropped, "\(name): \(what) was dropped: \(problem.rawValue)", fields)
    }
}
