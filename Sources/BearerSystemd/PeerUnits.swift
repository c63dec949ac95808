internal import BearerLoop
internal import CSystemd
internal import Glibc

/// Finds the systemd unit that a client belongs to, for the journal: never for a decision, see sd_peer_get_unit(3).
///
/// The answer is in /proc, where a look can block: a thread of its own looks. A process id may be another process's by
/// then; one that started after the connection was accepted is not the client.
package final class PeerUnits: Sendable {
    private struct Question: Sendable {
        let pid: Int32
        let user: UInt32
        let acceptedAt: Duration
        let answer: @Sendable (_ unit: String?, _ user: String?) -> Void
    }

    /// Questions that wait for the thread; further ones are not looked into.
    private static let capacity = 64

    private let worker: Worker<Question>

    package convenience init() {
        self.init(unitOfProcess: Self.unit)
    }

    init(unitOfProcess: @escaping @Sendable (Int32) -> String?) {
        worker = Worker("peer-units", capacity: Self.capacity) { question in
            let unit = unitOfProcess(question.pid)
            // Looked at after the unit: the process that has the number now had it when the unit was read, if it is as old as
            // that.
            let start = ProcessStart.time(of: question.pid)
            question.answer(
                start.map { $0 <= question.acceptedAt } == true ? unit : nil, LocalUsers.name(of: question.user))
        }
    }

    /// Calls `answer` with the unit and the user's name, on the thread; with nil for what there is not, or cannot be found, or
    /// when too many ask.
    ///
    /// - Parameter acceptedAt: when the process's connection was accepted, on CLOCK_BOOTTIME.
    package func find(
        _ pid: Int32, of user: UInt32, acceptedAt: Duration,
        answer: @escaping @Sendable (_ unit: String?, _ user: String?) -> Void
    ) {
        let question = Question(pid: pid, user: user, acceptedAt: acceptedAt, answer: answer)
        if !worker.submit(question) { answer(nil, nil) }
    }

    private static func unit(of pid: Int32) -> String? {
        // 0 is a process that our namespace does not show; it would mean ourselves.
        guard pid > 0 else { return nil }
        var name: UnsafeMutablePointer<CChar>?
        guard sd_pid_get_unit(pid, &name) >= 0, let name else { return nil }
        defer { free(name) }
        return String(cString: name)
    }
}

/// Names of users of this host, from its own file: name services may be far away, and a client waits for this.
enum LocalUsers {
    /// The first name of the user in a file as passwd(5) describes it. Not on two threads at once.
    static func name(of user: UInt32, in path: String = "/etc/passwd") -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        while let entry = fgetpwent(file) {
            if entry.pointee.pw_uid == user { return String(cString: entry.pointee.pw_name) }
        }
        return nil
    }
}

/// When a process started, which distinguishes it from another one that has its number later.
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
