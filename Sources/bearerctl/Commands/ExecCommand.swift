internal import ArgumentParser
internal import BearerClient
internal import Glibc

struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Becomes another command, with a token in its environment as $BEARER_TOKEN.",
        usage: "bearerctl exec [<options>] -- <command> [<argument> ...]")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("Seconds that the token must still last.", valueName: "seconds"))
    var minValid: Int64 = 0

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("expected a command after --") }
    }

    func run() throws {
        try reporting { () throws(CommandError) in
            let (bearerd, minValid, profile) = (socket.bearerd, Duration.seconds(minValid), profile.name)
            let token = try waiting { () throws(BearerError) in
                try await bearerd.token(minValid: minValid, profile: profile)
            }
            setenv("BEARER_TOKEN", token.value, 1)
            throw Self.become(command)
        }
    }

    /// Returns only when that fails: 127 and 126 as shells have it.
    private static func become(_ command: [String]) -> CommandError {
        let pointers: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        execvp(command[0], pointers)
        let code = errno
        let status: Int32 = code == ENOENT ? 127 : 126
        return CommandError(code: status, message: "\(command[0]): \(String(cString: strerror(code)))")
    }
}
