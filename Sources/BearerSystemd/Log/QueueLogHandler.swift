package import Logging

/// The ``LogHandler`` of every logger of the process: turns an event into a ``LogEntry`` and queues it.
///
/// The metadata key `message_id` becomes the entry's ``LogEntry/messageID``.
package struct QueueLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?
    private let queue: LogQueue

    package init(queue: LogQueue) {
        self.queue = queue
    }

    /// The queue's level until a logger is given its own.
    package var logLevel: Logger.Level {
        get { ownLevel ?? queue.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        queue.enqueue(entry(of: event, at: LogQueue.wallClock()))
    }

    func entry(of event: LogEvent, at time: Duration) -> LogEntry {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        if let own = event.metadata { all.merge(own) { $1 } }
        let messageID = all.removeValue(forKey: "message_id").map { "\($0)" }
        return LogEntry(
            time: time, level: event.level, message: "\(event.message)", messageID: messageID,
            fields: all.sorted { $0.key < $1.key }.map { LogEntry.Field($0.key, "\($0.value)") })
    }
}
