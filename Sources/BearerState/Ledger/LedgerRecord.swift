internal import BearerCore
internal import BearerJSON

/// A registration history as a file.
enum LedgerRecord {
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
