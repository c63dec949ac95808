internal import BearerCore

/// The configuration of the daemon: the file `bearerd.yaml`, checked and with its defaults filled in.
///
/// Without a file there is one profile, `default`, for the production environment, with the software statement from the
/// systemd credential `software_statement`.
package struct Configuration: Sendable, Equatable {
    /// What is set for all profiles. Each profile has its own copy, with its changes.
    package var upstream = UpstreamSection()
    package var proxy: ProxyAddress?
    /// An absolute path; nil for the system's certification authorities.
    package var caFile: String?
    package var startup = StartupConfiguration()
    package var limits = LimitsConfiguration()
    package var budget = BudgetConfiguration()
    package var credentialSocket = CredentialSocketConfiguration()
    /// Whether the first time a user or unit is given a token of a generation is logged.
    package var audit = false
    package var logLevel = LogLevel.info
    /// 1–1000, in the order of the file; the names differ.
    package var profiles = [ProfileConfiguration(name: ProfileName.standard)]

    package init() {}
}

/// How much is logged. The names are those of swift-log.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// The keys at the top of the file.
private enum Key: String, CaseIterable {
    case environment
    case server
    case proxy
    case caFile = "ca_file"
    case userAgent = "user_agent"
    case deviceInfo = "device_info"
    case renewal
    case startup
    case limits
    case budget
    case credentialSocket = "credential_socket"
    case audit
    case logLevel = "log_level"
    case profiles
}

extension Configuration {
    /// Reads and checks the text of a configuration file.
    ///
    /// - Parameter file: the name that the messages give it.
    /// - Throws: everything that is wrong with it, not only the first.
    package init(yaml: String, file: String) throws(ConfigurationError) {
        let problems = ConfigurationProblems()
        let root = YAMLReader.root(of: yaml, problems: problems)
        self.init(root.map { ConfigurationValue(node: $0, path: "", problems: problems) })
        try problems.throwIfAny(in: file)
    }

    private init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        upstream.override(from: section)
        proxy = section[.proxy]?.text(expected: ProxyAddress.expectation, ProxyAddress.init)
        caFile = section[.caFile]?.text(expected: AbsolutePath.expectation, AbsolutePath.checked)
        startup = StartupConfiguration(section[.startup])
        limits = LimitsConfiguration(section[.limits])
        budget = BudgetConfiguration(section[.budget])
        credentialSocket = CredentialSocketConfiguration(section[.credentialSocket])
        audit = section[.audit]?.boolean() ?? audit
        logLevel = section[.logLevel]?.choice() ?? logLevel
        if let value = section[.profiles] {
            profiles = Self.profiles(value, inheriting: upstream)
        } else {
            profiles = [ProfileConfiguration(name: ProfileName.standard, upstream: upstream)]
        }
    }

    private static let maximumProfiles = 1000

    private static let nameExpectation = "1 to 32 of a-z, 0-9, '.' and '-', the first a letter or digit"

    private static func profiles(
        _ value: ConfigurationValue, inheriting upstream: UpstreamSection
    ) -> [ProfileConfiguration] {
        let expectation = "1 to \(maximumProfiles) profiles (name: settings)"
        guard let entries = value.entries(expected: expectation) else { return [] }
        if !(1...maximumProfiles).contains(entries.count) {
            value.report(found: "has \(entries.count) profiles", expected: expectation)
        }
        return entries.map { entry in
            if !ProfileName.isValid(entry.key.utf8) {
                value.problems.report(
                    at: entry.position,
                    found: "the profile name \(Quotation.quoted(entry.key))",
                    expected: nameExpectation)
            }
            return ProfileConfiguration(name: entry.key, entry.value, inheriting: upstream)
        }
    }

    /// The configuration as YAML, with all defaults and with all that each profile takes over. Read again, it gives the
    /// same configuration. Holds no secret.
    package var effectiveDescription: String {
        var writer = YAMLWriter()
        upstream.write(to: &writer)
        if let proxy { writer.entry(Key.proxy.rawValue, proxy.description) }
        if let caFile {
            writer.entry(Key.caFile.rawValue, caFile)
        } else {
            writer.comment("ca_file: the system's certification authorities")
        }
        startup.write(to: &writer)
        limits.write(to: &writer)
        budget.write(to: &writer)
        credentialSocket.write(to: &writer)
        writer.entry(Key.audit.rawValue, audit)
        writer.entry(Key.logLevel.rawValue, logLevel.rawValue)
        writer.section(Key.profiles.rawValue) { writer in
            for profile in profiles {
                writer.section(profile.name) { profile.write(to: &$0) }
            }
        }
        return writer.text
    }
}
