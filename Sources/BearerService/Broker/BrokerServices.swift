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

extension ProfileSession {
    /// What all sessions share.
    struct Environment {
        let services: BrokerServices
        let runner: ExchangeRunner
        let jobs: BackgroundJobs
        let agenda: Agenda
        let status: StatusSignal
        let log: ClientLog

        var now: ClockReading { services.now() }

        func records(of loaded: LoadedProfile) -> ProfileRecords {
            let records = ProfileRecords.Services(
                disk: services.disk, store: services.unsaved, journal: services.journal,
                bootID: services.loader.bootID, now: services.now, isStoreAvailable: services.store.isAvailable)
            return ProfileRecords(loaded, records) { [jobs, status] isDurable in
                if !isDurable { jobs.retryLater() }
                status.changed()
            }
        }
    }
}
