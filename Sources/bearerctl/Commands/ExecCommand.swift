internal import ArgumentParser
internal import BearerCore
internal import BearerProtocol
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
            let request = TokenRequest(profile: profile.name, minimumValidity: .seconds(minValid))
            let token = try socket.bearerd.reply(to: .token(request)).token().token
            setenv("BEARER_TOKEN", token.withBytes { String(decoding: $0, as: UTF8.self) }, 1)
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
