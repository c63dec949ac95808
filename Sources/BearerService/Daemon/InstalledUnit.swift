internal import BearerCore
internal import BearerSystemd
internal import Glibc

/// A unit of ours as systemd has it: `systemctl show`, and `systemctl cat` for what the next start will see and for what the
/// former cannot print.
struct InstalledUnit {
    let name: String
    /// `Name=value` as systemd has loaded the unit.
    private let properties: [String: String]
    /// `Name=value` as the files say it, in their order.
    private let settings: [(name: String, value: String)]

    init(name: String, show: String, cat: String) {
        self.name = name
        properties = Dictionary(Self.assignments(show), uniquingKeysWith: { $1 })
        settings = Self.assignments(cat)
    }

    /// `nil` when systemd does not run here, or does not know the unit.
    static func load(_ name: String) -> InstalledUnit? {
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        let names = "LoadState,NeedDaemonReload,SocketMode"
        guard let show = CommandOutput.of("systemctl", "show", "--property=\(names)", name) else { return nil }
        let unit = InstalledUnit(
            name: name, show: text(show), cat: files(name, isStale: text(show).contains(stale)) ?? "")
        return unit.property("LoadState") == "not-found" ? nil : unit
    }

    private static let stale = "NeedDaemonReload=yes"

    /// `systemctl cat` leaves out the files that systemd has not seen yet.
    private static func files(_ name: String, isStale: Bool) -> String? {
        let output =
            isStale
            ? CommandOutput.of("systemd-analyze", "cat-config", "systemd/system/\(name)")
            : CommandOutput.of("systemctl", "cat", name)
        return output.map(text)
    }

    /// Whether its files could be read.
    var isKnown: Bool { !settings.isEmpty }

    func property(_ name: String) -> String? { properties[name] }

    /// The last value of a setting; `nil` where there is none, or an empty one.
    func setting(_ name: String) -> String? {
        settings.last { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The values of a setting that may be given several times; an empty one forgets those before it.
    func list(_ name: String) -> [String] {
        settings.filter { $0.name == name }.split(omittingEmptySubsequences: false) { $0.value.isEmpty }.last?
            .map(\.value) ?? []
    }

    /// A setting that says yes.
    func isOn(_ name: String) -> Bool {
        ["yes", "true", "on", "1", "y", "t"].contains(setting(name)?.lowercased())
    }

    private static func assignments(_ text: String) -> [(String, String)] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix(";") }.compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (trimmed(parts[0]), trimmed(parts[1]))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }

    private static func text(_ output: Secret) -> String {
        output.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

/// What another program prints, for a check: nothing that serves clients waits for one.
enum CommandOutput {
    /// Far more than any unit's text or credential has.
    private static let limit = 1 << 20

    /// Runs a program of `$PATH` without input, its errors thrown away.
    ///
    /// - Returns: its standard output; `nil` when it cannot be run, fails, or prints more than 1 MiB.
    static func of(_ arguments: String...) -> Secret? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = spawn(arguments, output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard let child else { return nil }
        let outcome = SecretReader.read(ends[0], limit: limit)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0, case .contents(let output) = outcome else { return nil }
        return output
    }

    private static func spawn(_ arguments: [String], output: CInt) -> pid_t? {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        return posix_spawnp(&child, arguments[0], &files, nil, pointers, environ) == 0 ? child : nil
    }
}
