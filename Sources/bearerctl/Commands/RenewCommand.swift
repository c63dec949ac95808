internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerProtocol
internal import Glibc

struct RenewCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Says that an API refused a token with 401, and prints another.",
        discussion: "The refused token is read from $BEARER_TOKEN, else from standard input; never from an argument.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Option(help: ArgumentHelp("Seconds to wait for another token, 0–300.", valueName: "seconds"))
    var wait: Int64 = TokenRequest.defaultWait.components.seconds

    @Flag(help: "How to print it.")
    var format = TokenFormat.bare

    func perform() throws(CommandError) {
        let request = RenewRequest(
            profile: profile.name, rejected: try RejectedToken.read(), wait: .seconds(wait))
        try format.print(try socket.bearerd.ask(.renew(request)))
    }
}

/// Where the refused token comes from.
private enum RejectedToken {
    /// A token has at most 8 KiB; a little more shows that it is not one.
    private static let limit = 16 * 1024

    static func read() throws(CommandError) -> Secret {
        if let value = getenv("BEARER_TOKEN"), value.pointee != 0 { return Secret(String(cString: value)) }
        var bytes: [UInt8] = []
        while bytes.count <= limit, let line = readLine(strippingNewline: false) { bytes += line.utf8 }
        let token = bytes.drop { $0 <= UInt8(ascii: " ") }.prefix { $0 > UInt8(ascii: " ") }
        guard !token.isEmpty, bytes.count <= limit else {
            throw CommandError(
                code: EX_USAGE, message: "expected the refused token in $BEARER_TOKEN or on standard input")
        }
        return Secret(token)
    }
}
