internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import CLinux
internal import Glibc

struct WatchCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follows a token: prints it as JSON at each renewal, or keeps it in a file, until it is ended.",
        usage: """
            bearerctl watch [<options>]
            bearerctl watch [<options>] --output <file> [-- <command> [<argument> ...]]
            """,
        discussion: """
            With --output the file always holds the current token: it is replaced as a whole, and removed at the end of \
            a token that has no successor, or when the command is ended. Its modification time is the end of its token.

            <command> runs after each change, for \(ChangeCommand.limit.components.seconds) s at most, and again until it \
            succeeds.
            """)

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("The file to keep.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: "What stands in the file (default: bare).")
    var format: TokenFileFormat?

    @Option(help: ArgumentHelp("The file's permissions (default: 0640).", valueName: "mode"))
    var mode: FileMode?

    @Option(help: ArgumentHelp("The file's group.", valueName: "name"))
    var group: FileGroup?

    @Argument(parsing: .postTerminator, help: "The command that runs after each change, and its arguments.")
    var command: [String] = []

    func validate() throws {
        guard let output else {
            guard format == nil, mode == nil, group == nil, command.isEmpty else {
                throw ValidationError("--format, --mode, --group and a command need --output")
            }
            return
        }
        guard let name = output.split(separator: "/", omittingEmptySubsequences: false).last, !name.isEmpty,
            name != ".", name != ".."
        else { throw ValidationError("--output: expected the path of a file, found “\(output)”") }
    }

    func perform() throws(CommandError) {
        guard let output else { return try printLines() }
        try keep(TokenFile(path: output, format: format ?? .bare, mode: (mode ?? .usual).bits, group: group?.id))
    }

    /// Returns only when it cannot begin.
    private func keep(_ file: TokenFile) throws(CommandError) -> Never {
        // A core file would hold tokens.
        _ = clinux_set_undumpable()
        // Whoever started this may have ignored it; then no child could be waited for.
        signal(SIGCHLD, SIG_DFL)
        SignalWatch.block(TokenFileKeeper.signals)
        let (profile, bearerd, command) = (profile.name, socket.bearerd, command)
        do throws(LoopError) {
            let loop = try ServingLoop()
            loop.execute {
                let keeper = TokenFileKeeper(
                    file, profile: profile, of: bearerd, command: command, on: loop, onEnd: { Glibc.exit($0) })
                keeper.start()
            }
        } catch {
            throw CommandError(code: EX_OSERR, message: error.description)
        }
        // The thread of the loop ends the process.
        while true { pause() }
    }

    private func printLines() throws(CommandError) {
        try socket.bearerd.follow(.watch(profile: profile.name)) { (line) throws(CommandError) in
            switch try? Reply.parse(line: line[...]) {
            case .token: StandardOutput.writeLine(line)
            case .error(let error): try Self.report(BearerError(error))
            case .other, nil: throw .unexpectedReply("the daemon sent a line that is neither token nor error")
            }
        }
        throw CommandError(.connectionLost)
    }

    /// Trouble with the token may pass, and the daemon goes on; anything else ends the watch.
    private static func report(_ error: BearerError) throws(CommandError) {
        guard error.code?.leavesWatch == true else { throw CommandError(error) }
        StandardError.complain(CommandError(error).message)
    }
}

/// Permissions in octal digits. Nobody but the owner may write a token file.
struct FileMode: ExpressibleByArgument {
    let bits: mode_t

    static let usual = FileMode(bits: 0o640)

    private init(bits: mode_t) {
        self.bits = bits
    }

    init?(argument: String) {
        guard argument.count <= 4, let bits = mode_t(argument, radix: 8), bits & ~0o644 == 0, bits & 0o400 != 0 else {
            return nil
        }
        self.bits = bits
    }
}

/// A group by its name or its number.
struct FileGroup: ExpressibleByArgument {
    let id: gid_t

    init?(argument: String) {
        if let id = gid_t(argument), id != gid_t.max {
            self.id = id
        } else if let entry = getgrnam(argument) {
            id = entry.pointee.gr_gid
        } else {
            return nil
        }
    }
}
