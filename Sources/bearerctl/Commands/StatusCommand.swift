internal import ArgumentParser
internal import BearerClient
internal import BearerProtocol

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the daemon and its profiles are doing.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Print the daemon's reply.")
    var json = false

    func run() throws {
        try reporting { () throws(CommandError) in
            let line = try socket.bearerd.ask(.status(profile: profile.name))
            guard case .other(let value) = try Reply.read(line) else {
                throw CommandError.unexpectedReply("the reply to status holds no profiles")
            }
            if json { return StandardOutput.writeLine(line) }
            do throws(ReplyError) {
                StandardOutput.writeLine(StatusTable(try StatusReply(value)).text)
            } catch {
                throw CommandError.unexpectedReply(error.description)
            }
        }
    }
}
