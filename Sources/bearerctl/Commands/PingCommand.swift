internal import ArgumentParser
internal import BearerClient

struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Prints the daemon's version if it answers.")

    @OptionGroup var socket: SocketOption

    func run() throws {
        try reporting { () throws(CommandError) in
            let bearerd = socket.bearerd
            StandardOutput.writeLine(try waiting { () throws(BearerError) in try await bearerd.ping() })
        }
    }
}
