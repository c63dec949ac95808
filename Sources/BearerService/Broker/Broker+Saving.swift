internal import BearerCore
internal import BearerState

/// What must survive a restart. A disk that does not take it stops nothing: it is used from memory, and written as
/// soon as that is possible.
extension Broker {
    /// What could not be written is tried again after this long.
    private static let saveInterval = Duration.seconds(30)

    /// Writes a file of the profile.
    ///
    /// - Returns: whether it will outlive this process: on disk, or in systemd's file descriptor store.
    @discardableResult
    func save(_ part: ProfileFiles.Part, of profile: Profile) async -> Bool {
        guard let file = file(part, of: profile) else { return true }
        // What the store keeps is never older than what is on disk.
        if profile.unsaved.contains(part) { _ = keepUnsaved(part, of: profile) }
        do {
            let directory = profile.files.directory
            try await disk.run { () throws(StateError) in try file.save(in: directory) }
            saved(part, of: profile)
            return true
        } catch {
            notSaved(part, of: profile, error)
            guard keepUnsaved(part, of: profile) else { return false }
            let unsaved = unsaved
            try? await disk.run { () throws(StateError) in unsaved.flush() }
            return true
        }
    }

    /// What the file should hold now; `nil` for credentials that there are none of.
    private func file(_ part: ProfileFiles.Part, of profile: Profile) -> UnsavedFile? {
        let contents: UnsavedFile.Contents? =
            switch part {
            case .history:
                .history(RegistrationRecord(profile.lifecycle.history, bootID: loader.bootID, at: now()))
            case .credentials: profile.credentials.map { .credentials($0) }
            }
        return contents.map { UnsavedFile(key: profile.files.key, contents: $0) }
    }

    private func keepUnsaved(_ part: ProfileFiles.Part, of profile: Profile) -> Bool {
        guard let file = file(part, of: profile) else { return true }
        let old = profile.kept[part]
        guard old?.file != file else { return true }
        let entry = UnsavedStore.Entry(file: file, number: (old?.number ?? 0) + 1)
        guard unsaved.keep(entry, replacing: old) else { return false }
        profile.kept[part] = entry
        return true
    }

    func saveAgain(_ name: String) async {
        guard let profile = profiles[name] else { return }
        for part in profile.unsaved {
            let isRecorded = await save(part, of: profile)
            if part == .credentials, isRecorded { await credentialsRecorded(profile) }
        }
    }

    /// What could not be written or kept is tried again in a while. The caller sets the alarm.
    func saveLater() {
        let later = now().boot + Self.saveInterval
        nextSave = min(nextSave ?? later, later)
    }

    /// Credentials that were in memory alone will outlive this process: the history may say that they came.
    private func credentialsRecorded(_ profile: Profile) async {
        guard profile.areCredentialsAtRisk, !profile.isRegistering else { return }
        profile.areCredentialsAtRisk = false
        profile.lifecycle.registrationRecorded()
        await save(.history, of: profile)
    }

    /// Orders everything to be written that is not on disk, and to be read that could not be read; keeps the tokens that are
    /// not in the store.
    func orderSaves() {
        nextSave = nil
        for profile in profiles.values { keep(profile) }
        for profile in profiles.values where !profile.unsaved.isEmpty { order(.save(profile: profile.name)) }
        for profile in profiles.values where profile.isBlockagePassing { order(.loadAgain(profile: profile.name)) }
    }

    /// Remembers what is left of the budget, for the next start. Nothing depends on it, so nothing waits for it.
    func saveBudget() async {
        let (file, record) = (loader.directory.budget, budget.record(at: now()))
        try? await disk.run { () throws(StateError) in file.save(record) }
    }

    private func saved(_ part: ProfileFiles.Part, of profile: Profile) {
        if let entry = profile.kept.removeValue(forKey: part) { unsaved.forget(entry) }
        guard profile.unsaved.remove(part) != nil, profile.unsaved.isEmpty else { return }
        profile.isUnsavedTold = false
        journal.write(.stateDurable, "\(profile.name): everything is on disk again", [.profile: profile.name])
        noteChange()
    }

    private func notSaved(_ part: ProfileFiles.Part, of profile: Profile, _ error: StateError) {
        profile.unsaved.insert(part)
        saveLater()
        setAlarm()
        guard !profile.isUnsavedTold else { return }
        profile.isUnsavedTold = true
        let advice =
            store.isAvailable
            ? "until then systemd keeps it over a restart, not over a stop" : "do not restart the daemon before"
        let message =
            "\(profile.name): \(error); it is used from memory and written as soon as that is possible: \(advice)"
        journal.write(.stateNotDurable, message, [.profile: profile.name])
        noteChange()
    }
}
