extension Configuration {
    /// The configuration as YAML, with all defaults and with all that each profile takes over. Read again, it gives the
    /// same configuration. Holds no secret.
    package var effectiveDescription: String {
        var writer = YAMLWriter()
        upstream.write(to: &writer)
        if let proxy { writer.entry(ConfigurationKey.proxy.rawValue, proxy.description) }
        if let caFile {
            writer.entry(ConfigurationKey.caFile.rawValue, caFile)
        } else {
            writer.comment("ca_file: the system's certification authorities")
        }
        startup.write(to: &writer)
        limits.write(to: &writer)
        budget.write(to: &writer)
        credentialSocket.write(to: &writer)
        writer.entry(ConfigurationKey.audit.rawValue, audit)
        writer.entry(ConfigurationKey.logLevel.rawValue, logLevel.rawValue)
        writer.section(ConfigurationKey.profiles.rawValue) { writer in
            for profile in profiles {
                writer.section(profile.name) { profile.write(to: &$0) }
            }
        }
        return writer.text
    }
}
