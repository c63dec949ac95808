internal import Glibc

/// When a process started: what tells it from another one that has its number later.
enum ProcessStart {
    /// On CLOCK_BOOTTIME, rounded down to a clock tick, a hundredth of a second; nil when there is no such process.
    /// See proc_pid_stat(5), `starttime`.
    static func time(of pid: Int32) -> Duration? {
        let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? time(inStat: bytes.prefix(count), ticksASecond: sysconf(CInt(_SC_CLK_TCK))) : nil
    }

    /// The process's name, second in the line, is in parentheses and may be any bytes: fields are counted from its end.
    static func time(inStat line: some BidirectionalCollection<UInt8>, ticksASecond: Int) -> Duration? {
        guard let end = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[end...].split(separator: UInt8(ascii: " "))
        guard fields.count > 20, ticksASecond > 0, let ticks = Int64(String(decoding: fields[20], as: UTF8.self))
        else { return nil }
        return .seconds(1) * ticks / ticksASecond
    }
}
