internal import Logging

/// Tells the journal what happened: one entry an event, never a secret.
struct Journal: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// - Parameters:
    ///   - message: one sentence for people.
    ///   - fields: become `BEARERD_…` fields of the entry.
    func write(_ event: JournalEvent, _ message: String, _ fields: [JournalField: String] = [:]) {
        var metadata: Logger.Metadata = ["message_id": .string(event.messageID), "event": .string(event.rawValue)]
        for (field, value) in fields { metadata[field.rawValue] = .string(value) }
        logger.log(level: event.level, "\(message)", metadata: metadata)
    }
}

/// The fields of journal entries, beside `BEARERD_EVENT`.
enum JournalField: String, Sendable, CaseIterable {
    case profile
    case error
    case nextAttempt = "next_attempt"
    case generation
    case peerUID = "peer_uid"
    case peerPID = "peer_pid"
    case peerUnit = "peer_unit"
    case path
}
