internal import Glibc

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
