package import BearerCore
internal import BearerJSON

/// The ``RegistrationHistory`` of one profile for one server and statement, across restarts. Times are kept as whole
/// seconds.
///
/// Everything here blocks on the disk; one call at a time.
package struct RegistrationLedger: Sendable {
    private let root: Directory
    private let key: CredentialKey

    init(root: Directory, key: CredentialKey) {
        self.root = root
        self.key = key
    }

    /// Where the file is, for messages.
    package var path: String { "\(root.path)/\(key.profile)/\(fileName)" }

    /// The history up to `now`, wall clock since 1970; times after it count as `now`.
    ///
    /// A ledger that cannot be used does not stop the profile, but it must not hide registrations either: it is kept
    /// aside and replaced by one that says three registrations went unanswered and credentials were replaced, both
    /// when the file was last written (`now` when not even that is known).
    package func load(now: Duration) throws(StateError) -> (history: RegistrationHistory, warning: StateWarning?) {
        guard let directory = try root.subdirectory(key.profile) else { return (RegistrationHistory(), nil) }
        var modifiedAt = now
        do throws(StateError) {
            guard let file = try StateFile.read(fileName, in: directory) else { return (RegistrationHistory(), nil) }
            modifiedAt = .seconds(file.modifiedAt)
            return (try history(in: file).notAfter(now), nil)
        } catch {
            let history = RegistrationHistory(unanswered: 3, lastIntent: modifiedAt, lastReplacement: modifiedAt)
            return replace(with: history.notAfter(now), because: error, in: directory)
        }
    }

    /// Writes the history durably. Never over a ledger that could not be kept aside.
    package func save(_ history: RegistrationHistory) throws(StateError) {
        let directory = try root.makeSubdirectory(key.profile)
        if let file = try StateFile.read(fileName, in: directory) { _ = try self.history(in: file) }
        try DurableWrite(name: fileName, directory: directory).replace(with: encoded(history))
    }

    private func replace(
        with history: RegistrationHistory, because error: StateError, in directory: Directory
    ) -> (RegistrationHistory, StateWarning?) {
        let write = DurableWrite(name: fileName, directory: directory)
        let aside = "\(fileName).damaged-\(history.lastIntent?.components.seconds ?? 0)"
        let kept = try? write.replace(with: encoded(history), keepingAsideAs: aside)
        return (history, .ledgerReplaced(error, keptAs: kept.map(directory.path(of:))))
    }

    private func history(in file: StateFile) throws(StateError) -> RegistrationHistory {
        do {
            return try LedgerRecord.history(file.contents, of: key)
        } catch {
            throw .unusableFile(path: path, error)
        }
    }

    private func encoded(_ history: RegistrationHistory) -> [UInt8] {
        LedgerRecord.encoded(history, for: key)
    }

    private var fileName: String { "registration-\(key.fileIdentifier).json" }
}

extension RegistrationHistory {
    fileprivate func notAfter(_ now: Duration) -> RegistrationHistory {
        RegistrationHistory(
            unanswered: unanswered, lastIntent: lastIntent.map { min($0, now) },
            lastReplacement: lastReplacement.map { min($0, now) })
    }
}
