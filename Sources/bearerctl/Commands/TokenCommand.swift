internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerProtocol

struct TokenCommand: ParsableCommand {
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
