internal import BearerLoop
internal import Glibc
internal import Logging

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
