internal import BearerClient
internal import BearerProtocol

/// What the commands ask, with the replies as the daemon wrote them.
extension Bearerd {
    /// Asks and returns the reply's line.
    func waitForLine(answering operation: Operation) throws(CommandError) -> [UInt8] {
        try waiting { () throws(BearerError) in try await line(answering: operation) }
    }

    /// The same, with the reply read; an error of the daemon is thrown.
    func waitForReply(to operation: Operation) throws(CommandError) -> Reply {
        try waiting { () throws(BearerError) in try await reply(to: operation) }
    }

    /// Asks and hands over each line that comes, until the connection ends.
    func follow(_ operation: Operation, _ body: ([UInt8]) throws(CommandError) -> Void) throws(CommandError) {
        let connection = try waiting { () throws(BearerError) in try await open(operation) }
        while let line = try waiting(for: { () throws(BearerError) in try await connection.next() }) { try body(line) }
    }
}

extension Reply {
    /// Reads a line of the daemon; an error of the daemon is thrown.
    static func read(_ line: [UInt8]) throws(CommandError) -> Reply {
        do throws(BearerError) {
            return try Bearerd.parse(line)
        } catch {
            throw CommandError(error)
        }
    }
}
