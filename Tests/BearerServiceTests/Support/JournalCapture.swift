import Logging
import Synchronization

@testable import BearerService

/// Everything that was logged, to be searched.
final class JournalCapture: Sendable {
    struct Entry: Sendable {
        let level: Logger.Level
        let message: String
        let fields: [String: String]

        var event: JournalEvent? { fields["event"].flatMap { JournalEvent(rawValue: $0) } }
    }

    private let stored = Mutex<[Entry]>([])

    var entries: [Entry] { stored.withLock { $0 } }

    var events: [JournalEvent] { entries.compactMap(\.event) }

    /// All of it as one text.
    var text: String { entries.map { "\($0)" }.joined(separator: "\n") }

    func entries(of event: JournalEvent) -> [Entry] { entries.filter { $0.event == event } }

    var journal: Journal {
        var logger = Logger(label: "test") { _ in Handler(capture: self) }
        logger.logLevel = .trace
        return Journal(logger)
    }

    fileprivate func add(_ entry: Entry) {
        stored.withLock { $0.append(entry) }
    }
}

private struct Handler: LogHandler {
    let capture: JournalCapture
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(capture: JournalCapture) {
        self.capture = capture
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).mapValues { "\($0)" }
        capture.add(JournalCapture.Entry(level: event.level, message: "\(event.message)", fields: fields))
    }
}
