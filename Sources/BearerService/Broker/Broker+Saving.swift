internal import BearerCore
internal import BearerState

/// What must survive a restart. A disk that does not take it stops nothing: it is used from memory, and written as
/// soon as that is possible.
extension Broker {
    /// What could not be written is tried again after this long.
    private static let saveInterval = Duration.seconds(30)

    func save(_ part: ProfileFiles.Part, of profile: Profile) async {
        let files = profile.files
        let history = RegistrationRecord(profile.lifecycle.history, bootID: loader.bootID, at: now())
        let credentials = profile.credentials
        do {
            try await disk.run { () throws(StateError) in
                switch part {
                case .history: try files.ledger.save(history)
                case .credentials: if let credentials { try files.credentials.save(credentials) }
                }
            }
            saved(part, of: profile)
        } catch {
            notSaved(part, of: profile, error)
        }
    }

    func saveAgain(_ name: String) async {
        guard let profile = profiles[name] else { return }
        for part in profile.unsaved { await save(part, of: profile) }
    }

    /// What could not be written or kept is tried again in a while. The caller sets the alarm.
    func saveLater() {
        nextSave = now().boot + Self.saveInterval
    }

    /// Orders everything to be written that is not on disk, and keeps the tokens that are not in the store.
    func orderSaves() {
        nextSave = nil
        for profile in profiles.values { keep(profile) }
        for profile in profiles.values where !profile.unsaved.isEmpty { order(.save(profile: profile.name)) }
    }

    /// Remembers what is left of the budget, for the next start. Nothing depends on it, so nothing waits for it.
    func saveBudget() async {
        let (file, record) = (loader.directory.budget, budget.record(at: now()))
        try? await disk.run { () throws(StateError) in file.save(record) }
    }

    private func saved(_ part: ProfileFiles.Part, of profile: Profile) {
        guard profile.unsaved.remove(part) != nil, profile.unsaved.isEmpty else { return }
        journal.write(.stateDurable, "\(profile.name): everything is on disk again", [.profile: profile.name])
        noteChange()
    }

    private func notSaved(_ part: ProfileFiles.Part, of profile: Profile, _ error: StateError) {
        let isFirst = profile.unsaved.isEmpty
        profile.unsaved.insert(part)
        saveLater()
        setAlarm()
        guard isFirst else { return }
        let message =
            "\(profile.name): \(error); it is used from memory and written as soon as that is possible: do not restart "
            + "the daemon before"
        journal.write(.stateNotDurable, message, [.profile: profile.name])
        noteChange()
    }
}
