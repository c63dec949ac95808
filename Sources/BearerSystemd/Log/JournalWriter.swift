internal import CSystemd
internal import Glibc
internal import Logging

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
