internal import ArgumentParser
internal import BearerClient
internal import BearerProtocol

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Prints the daemon's reply now and again at each renewal, a line of JSON each, until it is ended.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    func run() throws {
        try reporting { () throws(CommandError) in
            try socket.bearerd.follow(.watch(profile: profile.name)) { (line) throws(CommandError) in
                switch try? Reply.parse(line: line[...]) {
                case .token: StandardOutput.writeLine(line)
                case .error(let error): try Self.report(BearerError(error))
                case .other, nil: throw .unexpectedReply("the daemon sent a line that is neither token nor error")
                }
            }
            throw CommandError(.connectionLost)
        }
    }

    /// Trouble with the token may pass, and the daemon goes on; anything else ends the watch.
    private static func report(_ error: BearerError) throws(CommandError) {
        switch error.code {
        case .temporarilyUnavailable?, .registrationRefused?:
            StandardError.complain(CommandError(error).message)
        default: throw CommandError(error)
        }
    }
}
