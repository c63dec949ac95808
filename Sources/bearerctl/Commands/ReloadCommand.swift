internal import ArgumentParser
internal import BearerClient
internal import BearerProtocol
internal import Glibc

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Makes the daemon take its configuration anew; for root and the daemon's user.",
        discussion: "Ends when the new configuration is in force, or fails with the reason why the old one still is.")

    @OptionGroup var socket: SocketOption

    func run() throws {
        try reporting { () throws(CommandError) in
            let line = try socket.bearerd.ask(.reload)
            guard case .error(let error) = try? Reply.parse(line: line[...]), error.code == .invalidRequest else {
                _ = try Reply.read(line)
                return
            }
            // What the daemon refuses here is its configuration, not our request.
            throw CommandError(code: EX_CONFIG, message: error.description)
        }
    }
}
