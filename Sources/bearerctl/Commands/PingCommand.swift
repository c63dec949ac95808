internal import ArgumentParser
internal import BearerJSON
internal import BearerProtocol

struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Prints the daemon's version if it answers.")

    @OptionGroup var socket: SocketOption

    func run() throws {
        try reporting { () throws(CommandError) in
            guard case .other(let value) = try socket.bearerd.reply(to: .ping), let version = value["version"]?.string
            else { throw CommandError.unexpectedReply("the reply to ping holds no version") }
            StandardOutput.writeLine(version)
        }
    }
}
