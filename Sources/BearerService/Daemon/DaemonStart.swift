internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc

/// The steps of a start. The order matters: what only this host can fix comes before any call upstream.
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

    /// Starts, serves, and returns after the end that a signal asks for.
    func run() async throws {
        let (loop, shutdown) = try await makeLoop()
        do {
            try await run(on: loop, shutdown)
        } catch let error as LoopError {
            throw StartFailure(.software, "\(error)")
        } catch is Shutdown.Stopped {
            return
        }
    }

    private func run(on loop: ServingLoop, _ shutdown: Shutdown) async throws {
        DescriptorLimit.raise()
        let handedOver = try takeDescriptors()
        let paths = DaemonPaths(options, user: geteuid(), environment: environment)
        let loader = ConfigurationLoader(
            paths: paths, options: options, credentials: .inherited,
            handedOver: ListeningSockets.clientPaths(handedOver))
        let loaded = try await loader.loadWaitingForAccounts(since: startedAt) {
            notifier.status("waiting: \($0)")
            try await shutdown.pause(for: .seconds(1))
        }
        log.level = loaded.logLevel
        let directory = try openState(paths)
        for warning in directory.warnings { journal.write(.stateWarning, "\(warning)") }
        let upstream = try loader.makeUpstream(loaded.configuration)
        let sockets = try openSockets(paths, handedOver)
        let broker = makeBroker(on: loop, loaded, loader, directory, upstream, handedOver)
        await shutdown.concerns(broker)
        try await serve(sockets, broker, until: shutdown, wait: loaded.configuration.startup.wait)
        withExtendedLifetime(directory) {}
    }

    private func makeLoop() async throws -> (ServingLoop, Shutdown) {
        do throws(LoopError) {
            let (loop, log) = (try ServingLoop(), log)
            let shutdown = Shutdown(on: loop, journal: journal) { status in
                log.flush(within: .milliseconds(100))
                _exit(status.rawValue)
            }
            try await shutdown.watchSignals()
            return (loop, shutdown)
        } catch {
            throw StartFailure(.software, "\(error)")
        }
    }

    private func serve(
        _ sockets: ListeningSockets, _ broker: BrokerHost, until shutdown: Shutdown, wait: Duration
    ) async throws {
        let served = try await ServedSockets.start(sockets, broker)
        let path = sockets.clients.map(\.path).joined(separator: ", ")
        journal.write(.started, "bearerd \(BearerdVersion.current) serves \(path)", [.path: path])
        do throws(LoopError) {
            try await broker.begin()
        } catch {
            await served.end()
            throw error
        }
        let status = StatusReporter(broker: broker, notifier: notifier, journal: journal, wait: wait)
        await withDiscardingTaskGroup { group in
            group.addTask { await broker.run() }
            group.addTask { await status.run() }
            group.addTask {
                await shutdown.requested()
                await served.end()
            }
        }
        broker.services.store.flush()
    }

    private func makeBroker(
        on loop: ServingLoop, _ loaded: LoadedConfiguration, _ loader: ConfigurationLoader,
        _ directory: StateDirectory, _ upstream: UpstreamClient, _ handedOver: [ListenDescriptor]
    ) -> BrokerHost {
        let (log, names) = (log, Worker<BackgroundWork>("names"))
        let (bootID, files) = (BootID.current(), SealedFiles(store: DescriptorStore()))
        let services = BrokerServices(
            disk: Disk(path: directory.path), loader: ProfileLoader(directory: directory, bootID: bootID),
            store: TokenStore(files, bootID: bootID), unsaved: UnsavedStore(files), journal: journal,
            identity: DaemonIdentity(
                version: BearerdVersion.current, pid: getpid(), user: geteuid(), isUsersOwn: loader.paths.areUsersOwn,
                startedAt: startedAt),
            reloader: Reloader { () throws(ReloadFailure) in try await loader.reload(log, on: names) },
            units: PeerUnits(), loop: loop, now: { SystemClock.now() })
        let stored = StoredState(
            loader: services.loader, tokens: services.store, unsaved: services.unsaved, journal: journal)
        let sockets = [ListeningSockets.clientUnit, ListeningSockets.credentialUnit]
        let profiles = stored.load(
            loaded.profiles, from: handedOver.filter { !sockets.contains($0.name) }, at: SystemClock.now())
        return BrokerHost(
            services, profiles: profiles, settings: BrokerConfiguration(loaded.configuration), upstream: upstream)
    }
}

extension DaemonStart {
    private func takeDescriptors() throws(StartFailure) -> [ListenDescriptor] {
        do {
            return try ListenDescriptors.take()
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
    }

    private func openState(_ paths: DaemonPaths) throws(StartFailure) -> StateDirectory {
        do {
            if paths.areUsersOwn { try PrivateDirectory.make(paths.stateDirectory) }
            return try StateDirectory.open(path: paths.stateDirectory)
        } catch {
            throw StartFailure(error)
        }
    }

    private func openSockets(
        _ paths: DaemonPaths, _ handedOver: [ListenDescriptor]
    ) throws(StartFailure) -> ListeningSockets {
        let group = try socketGroup()
        if paths.areUsersOwn, options.socket == nil { try makeDirectory(of: paths.socket) }
        let credentials = paths.credentialSocket
        do {
            return try ListeningSockets.open(
                handedOver: handedOver,
                clients: SocketPath(path: paths.socket, mode: options.socketMode, group: group),
                credentials: credentials.map { SocketPath(path: $0, mode: 0o600, group: nil) })
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
    }

    /// A user's own daemon has no package that makes the directory of its socket.
    private func makeDirectory(of socket: String) throws(StartFailure) {
        do {
            try PrivateDirectory.make(PrivateDirectory.parent(of: socket))
        } catch {
            throw StartFailure(error)
        }
    }

    private func socketGroup() throws(StartFailure) -> UInt32? {
        guard let name = options.socketGroup else { return nil }
        let account = UInt32(name).map { AccountName.id($0) } ?? .name(name)
        guard let group = Accounts.group(account) else {
            throw StartFailure(.configuration, "--socket-group: this host does not know group \(name)")
        }
        return group
    }
}
