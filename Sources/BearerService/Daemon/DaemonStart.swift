internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc
internal import Logging
internal import NIOPosix
internal import ServiceLifecycle
internal import UnixSignals

/// The steps of a start. The order matters: what only this host can mend comes before any call upstream.
struct DaemonStart {
    let options: DaemonOptions
    let log: LogQueue
    let journal: Journal
    let notifier: Notifier
    private let startedAt = SystemClock.now()

    init(options: DaemonOptions, log: LogQueue, journal: Journal, notifier: Notifier) {
        self.options = options
        self.log = log
        self.journal = journal
        self.notifier = notifier
    }

    func run() async throws {
        DescriptorLimit.raise()
        let handedOver = try takeDescriptors()
        let paths = DaemonPaths(options, user: geteuid(), environment: environment)
        let loader = ConfigurationLoader(
            paths: paths, options: options, credentials: .inherited,
            handedOver: ListeningSockets.clientPaths(handedOver))
        let loaded = try await loader.loadWaitingForAccounts(since: startedAt) { notifier.status("waiting: \($0)") }
        log.level = loaded.logLevel
        let directory = try openState(paths)
        for warning in directory.warnings { journal.write(.stateWarning, "\(warning)") }
        let upstream = try loader.makeUpstream(loaded.configuration)
        let sockets = try openSockets(paths, handedOver)
        let broker = try makeBroker(loaded, loader, directory, upstream, handedOver)
        try await serve(sockets, broker, wait: loaded.configuration.startup.wait)
        withExtendedLifetime(directory) {}
    }

    private func serve(_ sockets: ListeningSockets, _ broker: Broker, wait: Duration) async throws {
        var servers: [SocketServer] = []
        for socket in sockets.clients {
            servers.append(try await SocketServer.start(on: socket.descriptor, for: .clients, broker: broker))
        }
        for socket in sockets.credentials {
            servers.append(try await SocketServer.start(on: socket.descriptor, for: .credentials, broker: broker))
        }
        let path = sockets.clients.map(\.path).joined(separator: ", ")
        journal.write(.started, "bearerd \(BearerdVersion.current) serves \(path)", [.path: path])
        try await run([
            BrokerService(broker: broker),
            SocketService(
                servers: servers, broker: broker,
                own: (sockets.clients + sockets.credentials).compactMap(\.own)),
            StatusService(broker: broker, notifier: notifier, journal: journal, wait: wait),
        ])
        broker.store.flush()
    }

    private func run(_ services: [any Service]) async throws {
        let quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .milliseconds(4_500)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func makeBroker(
        _ loaded: LoadedConfiguration, _ loader: ConfigurationLoader, _ directory: StateDirectory,
        _ upstream: UpstreamClient, _ handedOver: [ListenDescriptor]
    ) throws -> Broker {
        let loop = try ServingLoop()
        let disk = NIOThreadPool(numberOfThreads: 1)
        disk.start()
        let log = log
        let services = BrokerServices(
            disk: Disk(disk), loader: ProfileLoader(directory: directory), store: TokenStore(store: DescriptorStore()),
            journal: journal,
            identity: DaemonIdentity(
                version: BearerdVersion.current, pid: getpid(), user: geteuid(), isUsersOwn: loader.paths.areUsersOwn,
                startedAt: startedAt),
            reloader: Reloader { () throws(StartFailure) in try await loader.reload(log) },
            units: PeerUnits(), loop: loop, now: { SystemClock.now() })
        let profiles = loaded.profiles.map { services.loader.load($0, now: startedAt.wall) }
        for profile in profiles {
            for warning in profile.warnings {
                journal.write(
                    .stateWarning, "\(profile.settings.name): \(warning)", [.profile: profile.settings.name])
            }
        }
        return Broker(
            services, profiles: restoreTokens(of: profiles, services.store, handedOver),
            settings: BrokerSettings(loaded.configuration), upstream: upstream)
    }
}
