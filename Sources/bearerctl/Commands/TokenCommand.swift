internal import ArgumentParser
internal import BearerClient
internal import BearerProtocol

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Prints an access token that is valid now.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("Seconds that the token must still last.", valueName: "seconds"))
    var minValid: Int64 = 0

    @Option(help: ArgumentHelp("Seconds to wait for a token, 0–300.", valueName: "seconds"))
    var wait: Int64 = TokenRequest.usualWait.components.seconds

    @Flag(help: "How to print it.")
    var format = TokenFormat.bare

    func run() throws {
        let request = TokenRequest(
            profile: profile.name, minimumValidity: .seconds(minValid), wait: .seconds(wait))
        try Self.printToken(request, of: socket.bearerd, as: format)
    }

    /// Called without arguments, it does what the command does without options.
    static func printToken(
        _ request: TokenRequest = TokenRequest(), of bearerd: BlockingBearerd = BlockingBearerd(),
        as format: TokenFormat = .bare
    ) throws {
        try reporting { () throws(CommandError) in try format.print(try bearerd.ask(.token(request))) }
    }
}
