internal import BearerConfiguration
internal import BearerLoop

/// What one client, and all of them together, may take.
struct ConnectionLimits: Sendable, Equatable {
    /// Open connections in all, and of one user.
    let connections: Int
    let connectionsPerUser: Int
    /// A request without its line ending.
    let requestBytes: Int
    /// From the first byte of a line to its end.
    let lineTimeout: Duration

    /// Connections that root and the daemon's own user may have beyond ``connections``: `status` and `reload` are for them.
    static let reserve = 16
    /// How long a client is given to read a last error before its connection is cut.
    static let lastRead = Duration.seconds(1)
    /// A watcher that takes nothing for this long is dropped.
    static let watchTimeout = Duration.seconds(30)
    /// Replies that wait to be sent: from here on a client is not answered until there are fewer. One that once did not take
    /// what it was sent has fewer from then on.
    static let unsentBytes = 32 * 1024
    static let unsentBytesOfSlowClient = 2 * 1024
    /// What is read of a request at first; of a long one, and of what is thrown away, more.
    static let requestPiece = 1024
    /// Reads per turn while a line is unfinished: enough for a request of the default maximum length.
    static let requestPieces = 5
    /// Lines of one client that are answered before everybody else has had a turn. A line that was not answered before counts
    /// as ``newLine`` of them.
    static let linesATurn = 64
    static let newLine = 4
    /// Connections that were rejected and are given time to read why; further ones are just closed.
    static let draining = 64

    /// The memory that the cgroup needs with this many connections at their worst, MiB: what clients do not read is charged
    /// to it by the kernel. 4,096 such connections were measured at 75 MiB.
    static func memory(for connections: Int) -> Int {
        let buffers = ClientBuffers.limit >> 20
        return 32 + buffers + connections * 20 / 1024
    }

    /// - Parameter descriptors: what all connections may use. Where that is less than the configuration allows, one user has
    ///   no larger part of it than of what is configured, so that nobody can take all.
    init(_ configuration: LimitsConfiguration, descriptors: CInt = Listener.maximumDescriptors()) {
        connections = configuration.connections
        let share = min(1, Double(descriptors) / Double(connections))
        connectionsPerUser = max(1, Int(Double(configuration.connectionsPerUser) * share))
        requestBytes = configuration.requestBytes
        lineTimeout = configuration.lineTimeout
    }
}
