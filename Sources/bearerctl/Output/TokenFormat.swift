internal import ArgumentParser
internal import BearerCore
internal import BearerProtocol

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
