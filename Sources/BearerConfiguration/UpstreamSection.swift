package import BearerCore

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
