package import BearerProtocol

/// Requests and lines.
extension Bearerd {
    /// Asks and returns the reply; an error of the daemon is thrown.
    func reply(to operation: Operation) async throws(BearerError) -> Reply {
        try Self.parse(try await line(answering: operation))
    }

    /// Asks and returns the reply's line, without its ending. A connection that ends before the reply has come, as
    /// when the daemon restarts, is made once more, unless the operation must not be asked for twice.
    private func line(answering operation: Operation) async throws(BearerError) -> [UInt8] {
        let deadline = ContinuousClock.now + operation.limit(grace: grace)
        if let line = try await ask(operation, until: deadline) { return line }
        guard operation.canBeRepeated, let line = try await ask(operation, until: deadline) else {
            throw .connectionLost
        }
        return line
    }

    /// Sends a request whose reply is many lines.
    func open(_ operation: Operation) async throws(BearerError) -> LineConnection {
        try await LineConnection.open(
            place, sending: Request(operation), until: ContinuousClock.now + operation.limit(grace: grace))
    }

    /// Reads a line of the daemon, for `bearerctl` too; an error of the daemon is thrown.
    package static func parse(_ line: [UInt8]) throws(BearerError) -> Reply {
        let reply: Reply
        do throws(ReplyError) {
            reply = try Reply.parse(line: line[...])
        } catch {
            throw .unexpectedReply(error.description)
        }
        if case .error(let error) = reply { throw BearerError(error) }
        return reply
    }

    /// - Returns: nil when the connection ended before the reply had come.
    private func ask(
        _ operation: Operation, until deadline: ContinuousClock.Instant
    ) async throws(BearerError) -> [UInt8]? {
        let connection = try await LineConnection.open(place, sending: Request(operation), until: deadline)
        return try await connection.next(until: deadline)
    }
}
