internal import BearerCore
internal import BearerLoop
internal import BearerSystemd
internal import BearerUpstream

/// What the broker works with.
struct BrokerServices: Sendable {
    let disk: Disk
    let loader: ProfileLoader
    let store: TokenStore
    let unsaved: UnsavedStore
    let journal: Journal
    let identity: DaemonIdentity
    let reloader: Reloader
    /// What the journal says of who is denied.
    let units: PeerUnits
    /// The loop that serves the clients.
    let loop: ServingLoop
    let now: @Sendable () -> Moment
}

/// Reads and checks the configuration anew; may block, so it is never called on the serving loop.
struct Reloader: Sendable {
    let reload: @Sendable () async throws(StartFailure) -> Reloaded
}

/// A configuration that was checked whole.
struct Reloaded: Sendable {
    let settings: BrokerSettings
    let profiles: [ProfileSettings]
    let upstream: UpstreamClient
    /// Makes the log level what the configuration says.
    let applyLogLevel: @Sendable () -> Void
}
