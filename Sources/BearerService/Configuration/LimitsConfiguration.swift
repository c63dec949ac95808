/// What clients can take of the daemon.
package struct LimitsConfiguration: Sendable, Equatable {
    /// Open connections, 1–65536.
    package var connections = 4096
    /// Open connections of one user, 1–65536.
    package var connectionsPerUser = 1024
    /// The longest request, in bytes without its line end, 10240–1048576: a rejected token of 8 KiB has to fit in.
    package var requestBytes = 16_384
    /// From the first byte of a request to its line end; whole seconds, 1–300.
    package var lineTimeout = Duration.seconds(10)

    package init() {}
}

extension LimitsConfiguration {
    private enum Key: String, CaseIterable {
        case connections
        case connectionsPerUser = "connections_per_user"
        case requestBytes = "request_bytes"
        case lineTimeout = "line_timeout"
    }

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        connections = section[.connections]?.integer(in: 1...65_536) ?? connections
        connectionsPerUser = section[.connectionsPerUser]?.integer(in: 1...65_536) ?? connectionsPerUser
        requestBytes = section[.requestBytes]?.integer(in: 10_240...1_048_576) ?? requestBytes
        lineTimeout = section[.lineTimeout]?.seconds(in: 1...300) ?? lineTimeout
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("limits") { writer in
            writer.entry(Key.connections.rawValue, connections)
            writer.entry(Key.connectionsPerUser.rawValue, connectionsPerUser)
            writer.entry(Key.requestBytes.rawValue, requestBytes)
            writer.entry(Key.lineTimeout.rawValue, lineTimeout)
        }
    }
}
