internal import BearerLoop
package import Logging
internal import Synchronization

/// Where every logger's entries go: a bounded queue and a worker that writes them out. Logging never blocks.
///
/// Entries that find the queue full, or for which no thread can be had, are lost; how many is logged once the worker has
/// caught up.
package final class LogQueue: Sendable {
    /// The MESSAGE_ID of the entry that reports lost entries.
    package static let lossMessageID = "5d8c6b1f0a7e4c0f9b3f6f2f1f7f1c52"

    private let worker: Worker<LogEntry>
    private let currentLevel: Mutex<Logger.Level>

    /// `write` is called on the queue's thread and may block.
    package init(
        level: Logger.Level = .info, capacity: Int = 1_024, write: @escaping @Sendable (LogEntry) -> Void
    ) {
        currentLevel = Mutex(level)
        worker = Worker("journal", capacity: capacity, handle: write) { write(Self.loss(of: $0)) }
    }

    /// A queue that writes to `destination`.
    package convenience init(to destination: LogDestination, level: Logger.Level = .info) {
        self.init(level: level, write: destination.writer)
    }

    /// The level of every logger that was not given its own. A change takes effect at once.
    package var level: Logger.Level {
        get { currentLevel.withLock { $0 } }
        set { currentLevel.withLock { $0 = newValue } }
    }

    /// Hands over an entry; counts it as lost when the queue is full.
    package func enqueue(_ entry: LogEntry) {
        worker.submit(entry)
    }

    /// Waits until everything is written, for the end of the process; false when that takes longer than `limit`.
    @discardableResult
    package func flush(within limit: Duration = .seconds(1)) -> Bool {
        worker.flush(within: limit)
    }

    private static func loss(of count: Int) -> LogEntry {
        LogEntry(
            time: SystemClock.wall(), level: .warning,
            message: "\(count) log entries were lost because their destination did not take them in time",
            messageID: lossMessageID,
            fields: [.init("event", "log_entries_lost"), .init("lost", "\(count)")])
    }
}

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
        queue.enqueue(entry(of: event, at: SystemClock.wall()))
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
