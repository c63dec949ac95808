package import BearerCore

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

/// What can be set for all profiles and again for one of them.
package struct UpstreamSection: Sendable, Equatable {
    /// The base URL, normalized: lower case up to the path, no default port, no slash at its end.
    package var server = ServerEnvironment.production.server
    /// The header `User-Agent`; nil for the daemon's own.
    package var userAgent: String?
    /// What the operator sets in `X-Device-Info` in place of, or in addition to, what is known of the machine.
    package var deviceInfo: [String: String] = [:]
    package var renewal = RenewalPolicy()

    package init() {}

    /// Takes from `section`, the whole file or one profile, what is there. `device_info` and `renewal` are merged key by
    /// key.
    mutating func override<Key>(from section: ConfigurationSection<Key>) {
        readServer(environment: section["environment"], server: section["server"])
        userAgent = section["user_agent"]?.text(expected: Self.userAgentExpectation, Self.userAgent) ?? userAgent
        if let value = section["device_info"], !value.isNull {
            deviceInfo.merge(value.deviceInfo()) { _, new in new }
        }
        renewal = RenewalPolicy(section["renewal"], over: renewal)
    }

    private mutating func readServer(environment: ConfigurationValue?, server: ConfigurationValue?) {
        if environment != nil, let server {
            server.report(found: "is given next to environment", expected: "one of the two")
        }
        let named = environment?.choice(ServerEnvironment.self)?.server
        let given = server?.text(expected: BaseURL.expectation, BaseURL.normalized)
        self.server = given ?? named ?? self.server
    }

    private static let userAgentExpectation = "1 to 256 printable ASCII characters"

    private static func userAgent(_ text: String) throws(UnfitValue) -> String {
        guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isPrintable),
            !text.hasPrefix(" "), !text.hasSuffix(" ")
        else { throw UnfitValue(expected: userAgentExpectation) }
        return text
    }

    func write(to writer: inout YAMLWriter) {
        if let environment = ServerEnvironment.allCases.first(where: { $0.server == server }) {
            writer.entry("environment", environment.rawValue)
        } else {
            writer.entry("server", server)
        }
        if let userAgent { writer.entry("user_agent", userAgent) }
        if !deviceInfo.isEmpty {
            writer.section("device_info") { writer in
                for (key, value) in deviceInfo.sorted(by: { $0.key < $1.key }) { writer.entry(key, value) }
            }
        }
        renewal.write(to: &writer)
    }
}

extension RenewalPolicy {
    private enum Key: String, CaseIterable { case at, jitter }

    /// `at` and `jitter` together, with room for how binary fractions are rounded.
    private static let latest = 0.98 + 1e-9

    /// Takes what `value` has, and the rest from `base`.
    init(_ value: ConfigurationValue?, over base: RenewalPolicy) {
        let section = ConfigurationSection<Key>(value)
        let at = section[.at]?.number(in: 0.1...0.95) ?? base.at
        let jitter = section[.jitter]?.number(in: 0...0.2) ?? base.jitter
        self.init(at: at, jitter: jitter)
        if let value, at + jitter > Self.latest {
            value.report(
                found: "has at \(at) and jitter \(jitter), together \(Self.rounded(at + jitter))",
                expected: "at most 0.98 together")
        }
    }

    private static func rounded(_ number: Double) -> Double {
        (number * 10_000).rounded(.up) / 10_000
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("renewal") { writer in
            writer.entry(Key.at.rawValue, at)
            writer.entry(Key.jitter.rawValue, jitter)
        }
    }
}

extension ConfigurationValue {
    /// The values of `device_info` that are valid. Numbers and booleans need no quotes: they are taken as written.
    func deviceInfo() -> [String: String] {
        var info: [String: String] = [:]
        for entry in entries() ?? [] {
            guard let value = entry.value.verbatim ?? (DeviceInfoSchema.keys.contains(entry.key) ? nil : "") else {
                entry.value.report(expected: "text")
                continue
            }
            if let problem = DeviceInfoSchema.validate(key: entry.key, value: value) {
                entry.report(problem, value: value)
            } else {
                info[entry.key] = value
            }
        }
        return info
    }
}

extension ConfigurationValue.Entry {
    private static let longestShown = 12

    fileprivate func report(_ problem: DeviceInfoProblem, value written: String) {
        switch problem {
        case .unknownKey:
            let near = Spelling.nearest(to: key, among: DeviceInfoSchema.keys)
            value.problems.report(
                at: position,
                found: "unknown key \(Quotation.quoted(key)) in device_info",
                expected: near == nil ? problem.expectation : "a key of X-Device-Info", suggestion: near)
        case .notListed(let allowed):
            let near = Spelling.nearest(to: written, among: allowed)
            // A long list helps only where nothing on it is near.
            let isLong = allowed.count > Self.longestShown
            value.report(
                expected: near != nil && isLong ? "one of its \(allowed.count) values" : problem.expectation,
                suggestion: near)
        case .empty, .controlCharacter, .tooLong:
            value.report(expected: problem.expectation)
        }
    }
}
