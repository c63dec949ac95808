/// The answer to `status`.
package struct StatusReply: Sendable, Equatable {
    package var version: String
    package var pid: Int32
    /// Seconds since 1970.
    package var startedAt: Int64
    /// Open ones of clients; those that load a credential are not counted.
    package var connections: Int64
    /// Those that the client may see.
    package var profiles: [ProfileStatus]

    package init(version: String, pid: Int32, startedAt: Int64, connections: Int64, profiles: [ProfileStatus]) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.connections = connections
        self.profiles = profiles
    }
}
