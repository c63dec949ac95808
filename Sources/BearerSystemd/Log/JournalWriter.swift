internal import CSystemd
internal import Glibc

/// Writes entries to journald by its native protocol, sd_journal_sendv(3).
enum JournalWriter {
    /// Blocks while journald does not read. A failure has nowhere to be told; the return value, a negative `errno`,
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
