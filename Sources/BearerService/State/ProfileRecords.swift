internal import BearerCore
internal import BearerState

/// The client credentials and the registration history of one profile, which must survive a restart. A disk that does not
/// take them stops nothing: they are used from memory and written as soon as that is possible; meanwhile systemd's file
/// descriptor store has them. Of a profile that is given its credentials there is nothing to keep.
///
/// A reload that gives the profile another server or statement makes another one of these.
final class ProfileRecords {
    /// What all of them work with.
    struct Services {
        let disk: Disk
        let store: UnsavedStore
        let journal: Journal
        /// That of this boot; `nil` when it cannot be read.
        let bootID: String?
        let now: () -> ClockReading
        /// Whether systemd keeps anything.
        let isStoreAvailable: Bool
    }

    /// Set when the files cannot be used: a token that is there is served to its end, and nothing is asked upstream.
    let unusable: UnusableState?
    /// See ``LoadedProfile/otherCredentials``; not while the files cannot be used.
    let otherCredentials: OtherCredentials?
    private let profile: String
    private let files: ProfileFiles?
    private let services: Services
    /// Called when something could not be written, or everything is on disk again.
    private let onChange: (_ isDurable: Bool) -> Void
    private(set) var credentials: StoredCredentials?
    private var history: RegistrationHistory
    /// What could not be written.
    private var unsaved: Set<UnsavedFile.Part>
    /// What the store has of that, which may be an older state.
    private var stored: [UnsavedFile.Part: UnsavedStore.Entry]
    /// The credentials were read from the disk or written there.
    private var areCredentialsOnDisk: Bool
    /// The journal says that something is not on disk.
    private var isFailureLogged = false
    /// The credentials are in memory alone: neither on disk nor in the store.
    private(set) var areCredentialsAtRisk = false

    init(_ loaded: LoadedProfile, _ services: Services, onChange: @escaping (_ isDurable: Bool) -> Void) {
        unusable = loaded.unusable
        otherCredentials = loaded.unusable == nil ? loaded.otherCredentials : nil
        profile = loaded.settings.name
        files = loaded.files
        credentials = loaded.credentials
        history = loaded.history
        unsaved = Set(loaded.unsaved.keys)
        stored = loaded.unsaved
        areCredentialsOnDisk = loaded.credentials != nil && loaded.unsaved[.credentials] == nil
        self.services = services
        self.onChange = onChange
    }

    /// Everything is on disk.
    var isDurable: Bool { unsaved.isEmpty }

    /// New credentials are on disk, or in the store, before anybody uses them.
    func replaceCredentials(with new: ClientCredentials) async {
        credentials = StoredCredentials(credentials: new, registeredAt: services.now().unixSeconds)
        areCredentialsAtRisk = await !persist(.credentials)
    }

    /// - Returns: whether it outlives this process: on disk, or in the store.
    @discardableResult
    func persist(_ history: RegistrationHistory) async -> Bool {
        self.history = history
        return await persist(.history)
    }

    /// Writes again what could not be written, or is gone.
    ///
    /// - Returns: whether credentials that were in memory alone outlive this process now.
    func persistUnsaved(history: RegistrationHistory) async -> Bool {
        self.history = history
        await findRemoved()
        var areCredentialsSafe = false
        for part in unsaved {
            let outlives = await persist(part)
            if part == .credentials, outlives { areCredentialsSafe = areCredentialsAtRisk }
        }
        return areCredentialsSafe
    }

    /// Whoever removes the credentials of a running daemon has not meant to have all viewers sign in again: they are in memory.
    private func findRemoved() async {
        guard let files, unusable == nil, areCredentialsOnDisk, !unsaved.contains(.credentials) else { return }
        let (directory, store) = (files.directory, files.directory.credentials(for: files.key))
        let isMissing: Bool
        do {
            isMissing = try await services.disk.run { () throws(StateError) in
                try directory.followPath()
                return store.isMissing
            }
        } catch {
            unsaved.insert(.history)
            return notWritten(.credentials, error)
        }
        guard isMissing, !unsaved.contains(.credentials) else { return }
        unsaved.formUnion([.credentials, .history])
        services.journal.write(
            .stateNotDurable, "\(profile): \(store.path) has been removed: the client credentials are written again",
            [.profile: profile])
        onChange(false)
    }

    /// From now on, the credentials outlive this process.
    func credentialsAreSafe() {
        areCredentialsAtRisk = false
    }

    private func persist(_ part: UnsavedFile.Part) async -> Bool {
        guard let files, let file = file(part) else { return true }
        // What the store has is never older than what is on disk.
        if unsaved.contains(part) { _ = store(part) }
        do {
            let directory = files.directory
            try await services.disk.run { () throws(StateError) in try file.save(in: directory) }
            written(part)
            return true
        } catch {
            notWritten(part, error)
            guard store(part) else { return false }
            let store = services.store
            try? await services.disk.run { () throws(StateError) in store.flush() }
            return true
        }
    }

    /// What the file should hold now; `nil` where there is nothing to keep.
    private func file(_ part: UnsavedFile.Part) -> UnsavedFile? {
        guard let files else { return nil }
        let contents: UnsavedFile.Contents? =
            switch part {
            case .history: .history(RegistrationRecord(history, bootID: services.bootID, at: services.now()))
            case .credentials: credentials.map { .credentials($0) }
            }
        return contents.map { UnsavedFile(key: files.key, contents: $0) }
    }

    private func store(_ part: UnsavedFile.Part) -> Bool {
        guard let file = file(part) else { return true }
        let old = stored[part]
        guard old?.file != file else { return true }
        let entry = UnsavedStore.Entry(file: file, number: (old?.number ?? 0) + 1)
        guard services.store.keep(entry, replacing: old) else { return false }
        stored[part] = entry
        return true
    }

    private func written(_ part: UnsavedFile.Part) {
        if let entry = stored.removeValue(forKey: part) { services.store.forget(entry) }
        if part == .credentials { areCredentialsOnDisk = true }
        guard unsaved.remove(part) != nil, unsaved.isEmpty else { return }
        isFailureLogged = false
        services.journal.write(.stateDurable, "\(profile): everything is on disk again", [.profile: profile])
        onChange(true)
    }

    private func notWritten(_ part: UnsavedFile.Part, _ error: StateError) {
        unsaved.insert(part)
        defer { onChange(false) }
        guard !isFailureLogged else { return }
        isFailureLogged = true
        let advice =
            services.isStoreAvailable
            ? "until then systemd keeps it over a restart, not over a stop" : "do not restart the daemon before"
        services.journal.write(
            .stateNotDurable,
            "\(profile): \(error); it is used from memory and written as soon as that is possible: \(advice)",
            [.profile: profile])
    }
}
