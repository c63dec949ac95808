internal import BearerCore

/// What the daemon is told to do: the file `bearerd.yaml`, checked and with its defaults filled in.
///
/// Without a file there is one profile, `default`, for the production environment, with the software statement from the
/// systemd credential `software_statement`.
package struct Configuration: Sendable, Equatable {
    /// What is set for all profiles. Each profile has its own copy, with its changes.
    package var upstream = UpstreamSettings()
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

    /// The profile that is meant where none is named: the one called `default`, else the only one.
    package var defaultProfile: ProfileConfiguration? {
        profiles.first { $0.name == ProfileName.standard } ?? (profiles.count == 1 ? profiles.first : nil)
    }
}

/// How much is logged. The names are those of swift-log.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}
