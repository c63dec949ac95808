package import BearerCore
internal import BearerJSON

/// The ``RegistrationRecord`` of one profile for one server and statement, across restarts.
///
/// Everything here blocks on the disk; one call at a time.
package struct RegistrationHistoryStore: Sendable {
    private let root: Directory
    private let key: CredentialKey

    init(root: Directory, key: CredentialKey) {
        self.root = root
        self.key = key
    }

    /// Where the file is, for messages.
    package var path: String { "\(root.path)/\(key.profile)/\(fileName)" }

    /// The record as it was written; an empty one when there is none.
    ///
    /// A history that cannot be used does not stop the profile, but it must not hide registrations either: it is kept
    /// aside and replaced by one that says three registrations went unanswered and credentials were replaced, both
    /// when the file was last written (`now`, wall clock since 1970, when not even that is known).
    ///
    /// - Throws: when the directory cannot be used, or nothing can be read at this moment.
    package func load(now: Duration) throws(StateError) -> (record: RegistrationRecord, warning: StateWarning?) {
        let none = RegistrationRecord(unanswered: 0)
        guard let directory = try root.subdirectory(key.profile) else { return (none, nil) }
        var modifiedAt = now.components.seconds
        do throws(StateError) {
            guard let file = try StateFile.read(fileName, in: directory) else { return (none, nil) }
            modifiedAt = file.modifiedAt
            return (try record(in: file), nil)
        } catch {
            // It may be sound.
            guard !error.isPassing else { throw error }
            let record = RegistrationRecord(unanswered: 3, lastIntentAt: modifiedAt, lastReplacementAt: modifiedAt)
            return replace(with: record, because: error, in: directory)
        }
    }

    /// Writes the record durably. Never over a history that could not be archived.
    package func save(_ record: RegistrationRecord) throws(StateError) {
        let directory = try root.makeSubdirectory(key.profile)
        if let file = try StateFile.read(fileName, in: directory) { _ = try self.record(in: file) }
        try DurableWrite(name: fileName, directory: directory).replace(with: encoded(record))
    }

    private func replace(
        with record: RegistrationRecord, because error: StateError, in directory: Directory
    ) -> (RegistrationRecord, StateWarning?) {
        let write = DurableWrite(name: fileName, directory: directory)
        let aside = "\(fileName).damaged-\(record.lastIntentAt ?? 0)"
        let kept = try? write.replace(with: encoded(record), archivingAs: aside)
        return (record, .historyReplaced(error, keptAs: kept.map(directory.path(of:))))
    }

    private func record(in file: StateFile) throws(StateError) -> RegistrationRecord {
        do {
            return try RegistrationHistoryCoding.read(file.contents, of: key)
        } catch {
            throw .unusableFile(path: path, error)
        }
    }

    private func encoded(_ record: RegistrationRecord) -> [UInt8] {
        RegistrationHistoryCoding.encoded(record, for: key)
    }

    private var fileName: String { "registration-\(key.fileIdentifier).json" }
}

/// A registration history as a file.
enum RegistrationHistoryCoding {
    private enum Field {
        static let unanswered = "unanswered"
        static let lastIntent = "last_intent_at"
        static let lastReplacement = "last_replacement_at"
        static let bootID = "boot_id"
        static let bootedAt = "booted_at"
    }

    static func read(_ contents: Secret, of key: CredentialKey) throws(StateError.FileProblem) -> RegistrationRecord {
        let record = try Record(contents)
        try record.check(belongsTo: key)
        return RegistrationRecord(
            unanswered: Int(clamping: try record.integer(Field.unanswered)),
            lastIntentAt: try record.optional(Field.lastIntent, record.signedInteger),
            lastReplacementAt: try record.optional(Field.lastReplacement, record.signedInteger),
            bootID: try record.optional(Field.bootID, record.string),
            bootedAt: try record.optional(Field.bootedAt, record.signedInteger))
    }

    static func encoded(_ history: RegistrationRecord, for key: CredentialKey) -> [UInt8] {
        Record.encoded(for: key) { writer in
            writer.member(Field.unanswered, Int64(history.unanswered))
            if let time = history.lastIntentAt { writer.member(Field.lastIntent, time) }
            if let time = history.lastReplacementAt { writer.member(Field.lastReplacement, time) }
            if let boot = history.bootID { writer.member(Field.bootID, boot) }
            if let time = history.bootedAt { writer.member(Field.bootedAt, time) }
        }
    }
}
