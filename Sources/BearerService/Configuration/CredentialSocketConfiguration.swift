/// How the socket for `LoadCredential=` behaves.
package struct CredentialSocketConfiguration: Sendable, Equatable {
    /// What a unit gets for which there is no token.
    package enum Failure: String, Sendable, CaseIterable {
        /// More than systemd takes, so that the unit does not start.
        case fail
        /// An empty credential, with which the unit starts.
        case empty
    }

    package var onFailure = Failure.fail

    package init() {}
}

extension CredentialSocketConfiguration {
    private enum Key: String, CaseIterable { case onFailure = "on_failure" }

    init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        onFailure = section[.onFailure]?.choice() ?? onFailure
    }

    func write(to writer: inout YAMLWriter) {
        writer.section("credential_socket") { $0.entry(Key.onFailure.rawValue, onFailure.rawValue) }
    }
}
