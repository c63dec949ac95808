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
        let section = ConfigurationSection<ConfigurationKey>(value)
        upstream.override(
            from: UpstreamSettings.Source(
                environment: section[.environment],
                server: section[.server],
                userAgent: section[.userAgent],
                deviceInfo: section[.deviceInfo],
                renewal: section[.renewal]))
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

    private static let mostProfiles = 1000

    private static func profiles(
        _ value: ConfigurationValue, inheriting upstream: UpstreamSettings
    ) -> [ProfileConfiguration] {
        let expectation = "1 to \(mostProfiles) profiles (name: settings)"
        guard let entries = value.entries(expected: expectation) else { return [] }
        if !(1...mostProfiles).contains(entries.count) {
            value.refuse(found: "has \(entries.count) profiles", expected: expectation)
        }
        return entries.map { entry in
            if !ProfileName.isValid(entry.key) {
                value.problems.report(
                    at: entry.position,
                    found: "the profile name \(Quotation.quoted(entry.key))",
                    expected: ProfileName.expectation)
            }
            return ProfileConfiguration(name: entry.key, entry.value, inheriting: upstream)
        }
    }
}
