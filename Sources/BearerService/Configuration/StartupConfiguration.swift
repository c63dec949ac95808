/// When the daemon is ready.
package struct StartupConfiguration: Sendable, Equatable {
    /// The longest time to wait for tokens before READY=1 is sent all the same; whole seconds, 0–60.
    package var wait = Duration.seconds(20)

    package init() {}
}

extension StartupConfiguration {
    private enum Key: String, CaseIterable { case wait }

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        wait = section[.wait]?.seconds(in: 0...60) ?? wait
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("startup") { $0.entry(Key.wait.rawValue, wait) }
    }
}
