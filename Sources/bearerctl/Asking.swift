internal import ArgumentParser
internal import BearerClient
internal import BearerJSON
internal import BearerProtocol

/// What the commands ask, with the replies as the daemon wrote them.
extension BlockingBearerd {
    /// Asks and returns the reply's line.
    func ask(_ operation: Operation) throws(CommandError) -> [UInt8] {
        try exiting { () throws(BearerError) in try line(answering: operation) }
    }

    /// Asks and returns the reply; an error of the daemon is thrown.
    func reply(to operation: Operation) throws(CommandError) -> Reply {
        try .read(try ask(operation))
    }

    /// Asks and hands over each line that comes, until the connection ends.
    func follow(_ operation: Operation, _ body: ([UInt8]) throws(CommandError) -> Void) throws(CommandError) {
        let connection = try exiting { () throws(BearerError) in try open(operation) }
        while let line = try exiting({ () throws(BearerError) in try connection.next() }) { try body(line) }
    }
}

extension Reply {
    /// Reads a line of the daemon; an error of the daemon is thrown.
    static func read(_ line: [UInt8]) throws(CommandError) -> Reply {
        try exiting { () throws(BearerError) in try Bearerd.parse(line) }
    }

    /// The token that this must be.
    func token() throws(CommandError) -> TokenReply {
        guard case .token(let token) = self else { throw .unexpectedReply("the reply holds no access_token") }
        return token
    }

    /// The status that this must be.
    func status() throws(CommandError) -> StatusReply {
        guard case .other(let value) = self else { throw .unexpectedReply("the reply to status holds no profiles") }
        do throws(ReplyError) {
            return try StatusReply(value)
        } catch {
            throw .unexpectedReply(error.description)
        }
    }
}

/// Gives an error of the client the exit code that goes with it.
private func exiting<Value>(_ body: () throws(BearerError) -> Value) throws(CommandError) -> Value {
    do throws(BearerError) {
        return try body()
    } catch {
        throw CommandError(error)
    }
}

/// Where the daemon is.
struct SocketOption: ParsableArguments {
    @Option(name: .customLong("socket"), help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var path: String?

    var bearerd: BlockingBearerd { BlockingBearerd(socket: path) }
}

/// Which profile is meant.
struct ProfileOption: ParsableArguments {
    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp("The profile; default: the one named default, else the only one.", valueName: "name"),
        completion: .custom { words, _, _ in visibleProfiles(words) })
    var name: String?
}

/// For a shell that completes a command line: the profiles that its user may see; none when the daemon does not answer soon.
@Sendable private func visibleProfiles(_ words: [String]) -> [String] {
    let socket = words.firstIndex(of: "--socket").flatMap { words.dropFirst($0 + 1).first }
    let bearerd = BlockingBearerd(socket: socket, grace: .seconds(1))
    guard let status = try? bearerd.reply(to: .status(profile: nil)).status() else { return [] }
    return status.profiles.map(\.profile)
}
