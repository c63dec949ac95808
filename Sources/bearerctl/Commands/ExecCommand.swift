internal import ArgumentParser
internal import BearerCore
internal import BearerProtocol
internal import Glibc

struct ExecCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Becomes another command, with a token in its environment as $BEARER_TOKEN.",
        usage: "bearerctl exec [<options>] -- <command> [<argument> ...]")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("Seconds that the token must still last.", valueName: "seconds"))
    var minValid: Int64 = 0

    @Option(help: ArgumentHelp("Seconds to wait for a token, 0–300.", valueName: "seconds"))
    var wait: Int64 = TokenRequest.defaultWait.components.seconds

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("expected a command after --") }
    }

    func perform() throws(CommandError) {
        let request = TokenRequest(
            profile: profile.name, minimumValidity: .seconds(minValid), wait: .seconds(wait))
        let token = try socket.bearerd.reply(to: .token(request)).token().token
        setenv("BEARER_TOKEN", token.withBytes { String(decoding: $0, as: UTF8.self) }, 1)
        throw Self.become(command)
    }

    /// Returns only when that fails: 127 and 126 as shells have it.
    private static func become(_ command: [String]) -> CommandError {
        let code = execute(command[0], command)
        let status: Int32 = code == ENOENT ? 127 : 126
        return CommandError(code: status, message: "\(command[0]): \(String(cString: strerror(code)))")
    }
}

struct CheckCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a configuration and prints what it comes to, without starting anything.",
        usage: "bearerctl check [<file>] [-- <option of bearerd> ...]",
        discussion: """
            Runs `bearerd --check`, which lies beside bearerctl or in $PATH. As root, on a host with systemd, it looks at \
            the units, and at files with the rights of the daemon's user.
            """)

    @Argument(help: "The configuration file; default: the one that bearerd would read.")
    var file: String?

    @Argument(parsing: .postTerminator, help: "Options that bearerd is started with, after --.")
    var options: [String] = []

    func perform() throws(CommandError) {
        let arguments = ["bearerd", "--check"] + (file.map { ["--config", $0] } ?? []) + options
        for daemon in [Self.sibling, "bearerd"].compactMap({ $0 }) { _ = execute(daemon, arguments) }
        throw CommandError.unavailable("bearerd is neither beside bearerctl nor in $PATH")
    }

    /// The daemon in the directory of this program.
    private static var sibling: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: path[...slash], as: UTF8.self) + "bearerd"
    }
}

/// Becomes that program, execvp(3); returns the error number when it cannot.
private func execute(_ path: String, _ arguments: [String]) -> Int32 {
    let pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    execvp(path, pointers)
    let code = errno
    for pointer in pointers { free(pointer) }
    return code
}
