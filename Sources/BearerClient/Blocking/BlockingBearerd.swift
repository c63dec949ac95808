package import BearerProtocol

/// The bearerd of this host, for a program that has nothing to do until the answer is there: each call blocks the
/// thread, and no other thread is started, which takes longer than most answers.
///
/// It asks as ``Bearerd`` does: with the same time limits, and once more when the connection is lost.
package struct BlockingBearerd {
    private let named: String?
    /// What a daemon that is busy, or just restarts, may take beyond the `wait` of a request.
    var grace = Duration.seconds(5)

    /// - Parameter socket: the path of the daemon's socket; by default it is looked for as ``Bearerd/socket`` says.
    package init(socket: String? = nil) {
        named = socket
    }

    /// Asks and returns the reply's line, without its ending.
    package func line(answering operation: Operation) throws(BearerError) -> [UInt8] {
        let deadline = ContinuousClock.now + operation.limit(grace: grace)
        if let line = try open(operation, until: deadline).next(until: deadline) { return line }
        guard operation.canBeRepeated, let line = try open(operation, until: deadline).next(until: deadline) else {
            throw .connectionLost
        }
        return line
    }

    /// Sends a request whose reply is many lines.
    package func open(_ operation: Operation) throws(BearerError) -> BlockingConnection {
        try open(operation, until: ContinuousClock.now + operation.limit(grace: grace))
    }

    private func open(
        _ operation: Operation, until deadline: ContinuousClock.Instant
    ) throws(BearerError) -> BlockingConnection {
        try BlockingConnection(SocketLocation().find(named: named), sending: Request(operation), until: deadline)
    }
}
