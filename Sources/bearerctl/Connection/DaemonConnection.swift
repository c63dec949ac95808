internal import BearerProtocol

/// Asks the daemon, one request at a time.
struct DaemonConnection {
    let path: String

    /// Sends one request and returns the reply's line. A connection that is lost before the reply has come, as when
    /// the daemon restarts, is made once more.
    func ask(_ request: Request) throws(CommandError) -> [UInt8] {
        do {
            return try askOnce(request)
        } catch  where error.code == CommandError.lostConnection.code && error == .lostConnection {
            return try askOnce(request)
        }
    }

    /// The same, with the reply read; an error of the daemon is thrown.
    func reply(to request: Request) throws(CommandError) -> Reply {
        let line = try ask(request)
        return try Self.parse(line)
    }

    /// Sends one request and hands over each line that comes, until the connection ends.
    func follow(_ request: Request, _ body: ([UInt8]) throws(CommandError) -> Void) throws(CommandError) {
        let stream = try LineStream(connectingTo: path)
        try stream.send(request)
        while let line = try stream.next() { try body(line) }
    }

    static func parse(_ line: [UInt8]) throws(CommandError) -> Reply {
        let reply: Reply
        do {
            reply = try Reply.parse(line: line[...])
        } catch {
            throw .unexpectedReply("this does not look like bearerd: \(error.description)")
        }
        if case .error(let error) = reply { throw CommandError(error) }
        return reply
    }

    private func askOnce(_ request: Request) throws(CommandError) -> [UInt8] {
        let stream = try LineStream(connectingTo: path)
        try stream.send(request)
        guard let line = try stream.next() else { throw .lostConnection }
        return line
    }
}

extension CommandError {
    static let lostConnection = CommandError.unavailable("the daemon closed the connection before it replied")
}
