internal import BearerCore

/// When the daemon is ready: `startup`.
package struct StartupConfiguration: Sendable, Equatable {
    /// The longest time to wait for tokens before READY=1 is sent all the same; whole seconds, 0–60.
    package var wait = Duration.seconds(20)

    private enum Key: String, CaseIterable { case wait }

    init() {}

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        wait = section[.wait]?.seconds(in: 0...60) ?? wait
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("startup") { $0.entry(Key.wait.rawValue, wait) }
    }
}

/// What clients can take of the daemon: `limits`.
package struct LimitsConfiguration: Sendable, Equatable {
    /// Open connections, 1–65536.
    package var connections = 4096
    /// Open connections of one user, 1–65536.
    package var connectionsPerUser = 1024
    /// The longest request, in bytes without its line end, 10240–1048576: a rejected token of 8 KiB has to fit in.
    package var requestBytes = 16_384
    /// From the first byte of a request to its line end; whole seconds, 1–300.
    package var lineTimeout = Duration.seconds(10)

    private enum Key: String, CaseIterable {
        case connections
        case connectionsPerUser = "connections_per_user"
        case requestBytes = "request_bytes"
        case lineTimeout = "line_timeout"
    }

    init() {}

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

/// Our share of what the authorization server allows a client address, 1 request per second and 10 at once: `budget`.
package struct BudgetConfiguration: Sendable, Equatable {
    /// Requests per second, 0.001–10.
    package var rate = 1.0
    /// Requests at once, 1–10.
    package var burst = 5

    private enum Key: String, CaseIterable { case rate, burst }

    init() {}

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        rate = section[.rate]?.number(in: Budget.rates) ?? rate
        burst = section[.burst]?.integer(in: Budget.bursts) ?? burst
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("budget") { writer in
            writer.entry(Key.rate.rawValue, rate)
            writer.entry(Key.burst.rawValue, burst)
        }
    }
}

/// How the socket for `LoadCredential=` behaves: `credential_socket`.
package struct CredentialSocketConfiguration: Sendable, Equatable {
    /// What a unit gets for which there is no token.
    package enum Failure: String, Sendable, CaseIterable {
        /// More than systemd takes, so that the unit does not start.
        case fail
        /// An empty credential, with which the unit starts.
        case empty
    }

    package var onFailure = Failure.fail

    private enum Key: String, CaseIterable { case onFailure = "on_failure" }

    init() {}

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        onFailure = section[.onFailure]?.choice() ?? onFailure
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("credential_socket") { $0.entry(Key.onFailure.rawValue, onFailure.rawValue) }
    }
}
