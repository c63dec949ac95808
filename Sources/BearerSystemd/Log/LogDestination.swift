internal import Glibc
package import Logging

/// Where log entries end up.
package enum LogDestination: Sendable, Equatable {
    case journal
    /// Readable lines on stderr.
    case lines(colours: Bool)

    /// The journal when stderr is connected to it, else lines: coloured on a terminal, unless `$NO_COLOR` is set or
    /// the terminal is a dumb one.
    package static func detect(stderr: Int32 = STDERR_FILENO) -> LogDestination {
        detect(stderr: stderr) { name in getenv(name).map { String(cString: $0) } }
    }

    static func detect(stderr: Int32, environment: (String) -> String?) -> LogDestination {
        if isJournal(stderr, stream: environment("JOURNAL_STREAM")) { return .journal }
        let wantsNone = !(environment("NO_COLOR") ?? "").isEmpty || environment("TERM") == "dumb"
        return .lines(colours: !wantsNone && isatty(stderr) == 1)
    }

    /// Writes one entry; blocks while the destination does not take it.
    var writer: @Sendable (LogEntry) -> Void {
        switch self {
        case .journal: { JournalWriter.write($0) }
        case .lines(let colours): { LineWriter.write($0, colours: colours, to: STDERR_FILENO) }
        }
    }

    /// `$JOURNAL_STREAM` is inherited even by processes whose stderr was redirected since: it counts only when its
    /// device and inode are those of `stderr`, systemd.exec(5).
    private static func isJournal(_ stderr: Int32, stream: String?) -> Bool {
        var status = stat()
        guard let stream, fstat(stderr, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}

/// One log entry on its way to the journal or to stderr: text only, taken apart on the caller's side.
package struct LogEntry: Sendable, Equatable {
    /// A metadata key as the caller wrote it, and its value.
    package struct Field: Sendable, Equatable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Since 1970, when the entry was made.
    package let time: Duration
    package let level: Logger.Level
    package let message: String
    /// The stable id of the kind of event, 32 hexadecimal digits, for the message catalog.
    package var messageID: String?
    package let fields: [Field]
}
