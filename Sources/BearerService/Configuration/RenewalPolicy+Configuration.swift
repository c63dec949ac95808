internal import BearerCore

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
            value.refuse(
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
