internal import BearerCore
internal import BearerJSON

/// A registration history as a file.
enum LedgerRecord {
    private enum Field {
        static let unanswered = "unanswered"
        static let lastIntent = "last_intent_at"
        static let lastReplacement = "last_replacement_at"
    }

    static func history(_ contents: Secret, of key: CredentialKey) throws(StateError.FileProblem) -> RegistrationHistory
    {
        let record = try Record(contents)
        try record.check(belongsTo: key)
        return RegistrationHistory(
            // Far more than the longest pause needs, and far from what counting on would overflow.
            unanswered: Int(min(try record.integer(Field.unanswered), 1_000_000)),
            lastIntent: try record.optional(Field.lastIntent, record.integer).map { .seconds($0) },
            lastReplacement: try record.optional(Field.lastReplacement, record.integer).map { .seconds($0) })
    }

    static func encoded(_ history: RegistrationHistory, for key: CredentialKey) -> [UInt8] {
        Record.encoded(for: key) { writer in
            writer.member(Field.unanswered, Int64(history.unanswered))
            if let time = history.lastIntent { writer.member(Field.lastIntent, time.components.seconds) }
            if let time = history.lastReplacement { writer.member(Field.lastReplacement, time.components.seconds) }
        }
    }
}
