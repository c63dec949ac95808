internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
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
    /// Where systemd finds the credentials that it hands over at a start.
    let credentials: CredentialStores
    /// Finds the units of denied clients, for the journal.
    let units: PeerUnits
    /// The loop that serves the clients.
    let loop: ServingLoop
    let now: @Sendable () -> ClockReading
}

/// The broker's door for what is asynchronous: an actor on the serving loop, which owns the ``Broker`` and whatever lives
/// with it there. On the loop, plain calls are enough.
actor BrokerHost {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// An element whenever what ``summary()`` says may have changed.
    nonisolated let changes: AsyncStream<Void>
    nonisolated let services: BrokerServices

    let broker: Broker
    private let server: SocketServer

    init(
        _ services: BrokerServices, profiles: [LoadedProfile], configuration: Configuration, upstream: UpstreamClient
    ) {
        self.services = services
        loop = services.loop
        broker = Broker(services, profiles: profiles, configuration: configuration, upstream: upstream)
        changes = broker.status.changes
        server = SocketServer(on: loop, broker.clients, broker)
    }

    /// Starts to accept on `socket`, a bound stream socket, which is taken over.
    func serve(_ socket: CInt, for purpose: SocketServer.Purpose) throws(LoopError) {
        try server.start(on: socket, for: purpose)
    }

    /// Stops accepting; connections that are open go on.
    func stopAccepting() {
        server.stop()
    }

    /// Starts the profiles; ``run()`` does what they want done.
    ///
    /// - Throws: when the kernel has no descriptor or memory left for timers.
    func begin() throws(LoopError) {
        try broker.begin()
    }

    /// See ``Broker/stop()``.
    func stop() {
        broker.stop()
    }

    func endConnections(within limit: Duration) async {
        await broker.endConnections(within: limit)
    }

    var unfinishedProfiles: [String] { broker.unfinishedProfiles }

    /// What STATUS= says now; ``changes`` tells when that is no longer true.
    func summary() -> DaemonSummary {
        let summary = broker.summary()
        broker.status.ages(after: summary.holds)
        return summary
    }

    /// Has ``changes`` tell after `delay`.
    func announceChange(after delay: Duration) {
        loop.schedule(after: delay) { [broker] in broker.status.changed() }
    }

    /// Calls `body` now and again after each `interval`, on the loop, as long as the daemon lives.
    func every(_ interval: Duration, _ body: @escaping @Sendable () -> Void) {
        Self.every(interval, on: loop, body)
    }

    private static func every(_ interval: Duration, on loop: ServingLoop, _ body: @escaping @Sendable () -> Void) {
        body()
        loop.schedule(after: interval) { every(interval, on: loop, body) }
    }
}
