internal import BearerLoop
internal import CSystemd
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

/// Writes entries as lines to a descriptor.
enum LineWriter {
    /// Blocks while nobody reads, on a non-blocking descriptor too. A line that cannot be written is dropped: there
    /// is nowhere else to say so.
    static func write(_ entry: LogEntry, colours: Bool, to descriptor: Int32) {
        let line = Array(LineFormat.line(for: entry, colours: colours).utf8)
        var rest = line[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}

/// An entry as one line for people: time, level, message, metadata.
enum LineFormat {
    /// Ends in a line break and holds no other; control and invisible characters are escaped, so that nothing that
    /// came from outside can forge a line or steer a terminal.
    static func line(for entry: LogEntry, colours: Bool) -> String {
        let level = "\(entry.level)"
        let padding = String(repeating: " ", count: max(0, 8 - level.count))
        let fields = entry.fields.map { " \(escaped($0.key))=\(quoted($0.value))" }.joined()
        let (faint, colour, end) = colours ? ("\u{1B}[2m", self.colour(of: entry.level), "\u{1B}[0m") : ("", "", "")
        return "\(faint)\(timestamp(entry.time))\(end) \(colour)\(level)\(end)\(padding) "
            + "\(escaped(entry.message))\(faint)\(fields)\(end)\n"
    }

    /// RFC 3339, UTC, milliseconds.
    static func timestamp(_ time: Duration) -> String {
        let milliseconds = "\(1000 + time.components.attoseconds / 1_000_000_000_000_000)".dropFirst()
        return SystemClock.text(time, "%Y-%m-%dT%H:%M:%S.", isLocal: false) + milliseconds + "Z"
    }

    private static func quoted(_ value: String) -> String {
        let text = escaped(value)
        guard text.isEmpty || text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return text }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch (scalar, scalar.properties.generalCategory) {
            case ("\n", _): result += "\\n"
            case ("\r", _): result += "\\r"
            case ("\t", _): result += "\\t"
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func colour(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}

/// Writes entries to journald by its native protocol, sd_journal_sendv(3).
enum JournalWriter {
    /// Blocks while journald does not read. A failure cannot be reported; the return value, a negative `errno`,
    /// is for tests.
    @discardableResult
    static func write(_ entry: LogEntry) -> Int32 {
        let fields = JournalFields.fields(of: entry)
        var bytes = fields.flatMap { $0 }
        return bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            let vectors = fields.map { field in
                defer { offset += field.count }
                return iovec(iov_base: buffer.baseAddress?.advanced(by: offset), iov_len: field.count)
            }
            return sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}

/// An entry as the journal's fields, systemd.journal-fields(7).
enum JournalFields {
    /// `NAME=value` each. A value may hold line breaks; the native protocol frames it.
    static func fields(of entry: LogEntry) -> [[UInt8]] {
        var fields = [
            "MESSAGE=\(entry.message)", "PRIORITY=\(priority(of: entry.level))", "SYSLOG_IDENTIFIER=bearerd",
        ]
        if let messageID = entry.messageID { fields.append("MESSAGE_ID=\(messageID)") }
        fields += entry.fields.map { "\(name(for: $0.key))=\($0.value)" }
        return fields.map { Array($0.utf8) }
    }

    /// `BEARERD_` and the key in capitals. journald drops a field whose name has other characters than A–Z, 0–9 and
    /// `_`, or more than 64 of them.
    static func name(for key: String) -> String {
        let allowed = key.utf8.map { byte -> Character in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): Character(Unicode.Scalar(byte - 32))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                Character(Unicode.Scalar(byte))
            default: "_"
            }
        }
        return String(("BEARERD_" + allowed).prefix(64))
    }

    /// syslog(3).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
