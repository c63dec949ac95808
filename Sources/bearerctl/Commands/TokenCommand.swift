internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerProtocol

struct TokenCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Prints an access token that is valid now.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("Seconds that the token must still last.", valueName: "seconds"))
    var minValid: Int64 = 0

    @Option(help: ArgumentHelp("Seconds to wait for a token, 0–300.", valueName: "seconds"))
    var wait: Int64 = TokenRequest.defaultWait.components.seconds

    @Flag(help: "How to print it.")
    var format = TokenFormat.bare

    func perform() throws(CommandError) {
        let request = TokenRequest(
            profile: profile.name, minimumValidity: .seconds(minValid), wait: .seconds(wait))
        try Self.printToken(request, of: socket.bearerd, as: format)
    }

    /// Called without arguments, it does what the command does without options.
    static func printToken(
        _ request: TokenRequest = TokenRequest(), of bearerd: BlockingBearerd = BlockingBearerd(),
        as format: TokenFormat = .bare
    ) throws(CommandError) {
        try format.print(try bearerd.ask(.token(request)))
    }
}

/// How a token is printed.
enum TokenFormat: String, EnumerableFlag {
    /// The token alone.
    case bare
    /// As an HTTP header field, RFC 6750 section 2.1.
    case header
    /// The daemon's reply.
    case json

    static func name(for value: TokenFormat) -> NameSpecification { .long }

    static func help(for value: TokenFormat) -> ArgumentHelp? {
        switch value {
        case .bare: "Print the token alone (the default)."
        case .header: "Print the header `Authorization: Bearer …`."
        case .json: "Print the daemon's reply."
        }
    }

    /// Prints the reply in `line`; an error of the daemon is thrown.
    func print(_ line: [UInt8]) throws(CommandError) {
        let reply = try Reply.read(line).token()
        switch self {
        case .json: StandardOutput.writeLine(line)
        case .bare: reply.token.withBytes { StandardOutput.writeLine($0) }
        case .header:
            reply.token.withBytes { StandardOutput.writeLine(Array("Authorization: Bearer ".utf8) + $0) }
        }
    }
}
