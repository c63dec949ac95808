internal import BearerConfiguration
internal import BearerCore

/// What holds for all profiles, and can change at a reload.
struct BrokerSettings: Sendable, Equatable {
    let limits: ConnectionLimits
    let budget: BudgetConfiguration
    let credentialFailure: CredentialSocketConfiguration.Failure
    /// The journal tells the first time that a user or unit is given a token of a generation.
    let audit: Bool

    init(_ configuration: Configuration) {
        limits = ConnectionLimits(configuration.limits)
        budget = configuration.budget
        credentialFailure = configuration.credentialSocket.onFailure
        audit = configuration.audit
    }
}

extension Budget {
    init(_ configuration: BudgetConfiguration, stored: BudgetRecord?, at now: Moment) {
        self.init(rate: configuration.rate, burst: Double(configuration.burst), stored: stored, at: now)
    }

    mutating func configure(_ configuration: BudgetConfiguration, at now: Moment) {
        configure(rate: configuration.rate, burst: Double(configuration.burst), at: now.boot)
    }
}
