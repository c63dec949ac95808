internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd

/// What the broker works with.
struct BrokerServices: Sendable {
    let disk: Disk
    let loader: ProfileLoader
    let store: TokenStore
    let unsaved: UnsavedStore
    let journal: Journal
    let identity: DaemonIdentity
    let reloader: Reloader
    /// Where systemd finds the credentials that it hands over at a start.
    let credentials: CredentialStores
    /// Finds the units of denied clients, for the journal.
    let units: PeerUnits
    /// The loop that serves the clients.
    let loop: ServingLoop
    let now: @Sendable () -> ClockReading
}

/// What holds for all profiles, and can change at a reload.
struct BrokerConfiguration: Sendable, Equatable {
    let limits: ConnectionLimits
    let budget: BudgetConfiguration
    let credentialFailure: CredentialSocketConfiguration.Failure
    /// The journal says the first time that a user or unit is given a token of a generation.
    let audit: Bool

    init(_ configuration: Configuration) {
        limits = ConnectionLimits(configuration.limits)
        budget = configuration.budget
        credentialFailure = configuration.credentialSocket.onFailure
        audit = configuration.audit
    }
}
