/// Our share of what the authorization server allows a client address: 1 request a second, 10 at once.
package struct BudgetConfiguration: Sendable, Equatable {
    /// Requests a second, 0.01–100.
    package var rate = 1.0
    /// Requests at once, 1–1000.
    package var burst = 5

    package init() {}
}

extension BudgetConfiguration {
    private enum Key: String, CaseIterable { case rate, burst }

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        rate = section[.rate]?.number(in: 0.01...100) ?? rate
        burst = section[.burst]?.integer(in: 1...1000) ?? burst
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("budget") { writer in
            writer.entry(Key.rate.rawValue, rate)
            writer.entry(Key.burst.rawValue, burst)
        }
    }
}
