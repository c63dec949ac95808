internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc
internal import Logging

/// The steps of a start. The order matters: what only this host can fix comes before any call upstream.
struct DaemonStart {
    let options: DaemonOptions
    let log: LogQueue
    let journal: Journal
    let notifier: Notifier
    private let files = SealedFiles(store: DescriptorStore())
    private let startedAt = SystemClock.now()

    /// Starts, serves, and returns after the end that a signal asks for.
    func run() async throws {
        do {
            let (loop, shutdown) = try await makeLoop()
            try await run(on: loop, shutdown)
        } catch let error as LoopError {
            throw StartFailure(.software, "\(error)")
        } catch is Shutdown.Stopped {
            return
        }
    }

    private func run(on loop: ServingLoop, _ shutdown: Shutdown) async throws {
        DescriptorLimit.raise()
        let taken = try takeDescriptors()
        let handedOver = taken.filter { $0.name != FailedStartStore.name }
        let paths = DaemonPaths(options, user: geteuid(), environment: environment)
        let clientPaths = ListeningSockets.clientPaths(handedOver)
        let loader = ConfigurationLoader(
            paths: paths, options: options,
            sockets: clientPaths.isEmpty ? .own(path: paths.socket, mode: options.socketMode) : .paths(clientPaths))
        let own = OwnSockets(paths: paths, options: options)
        let repeated = RepeatedStart(
            FailedStartStore(files), handedOver: taken.filter { $0.name == FailedStartStore.name }, at: startedAt)
        let (loaded, directory) = try await prepare(repeated, shutdown) {
            let problems = own.problems(handedOver: Set(handedOver.map(\.name)))
            let loaded = try await load(loader, problems, shutdown)
            // Before the sockets count: who finds another daemon at work is to hear that.
            let directory = try openState(paths)
            try problems.throwIfAny()
            return (loaded, directory)
        }
        log.level = Logger.Level(loaded.logLevel)
        for warning in directory.warnings { journal.write(.stateWarning, "\(warning)") }
        let upstream = try loader.makeUpstream(loaded.configuration)
        let sockets = try openSockets(own, handedOver)
        let broker = makeBroker(on: loop, loaded, loader, directory, upstream, handedOver)
        await shutdown.concerns(broker)
        try await serve(sockets, broker, until: shutdown, wait: loaded.configuration.startup.wait)
        withExtendedLifetime(directory) {}
    }

    /// Tries again where that may help, see ``RepeatedStart``. What could have changed meanwhile is read again.
    private func prepare<Prepared>(
        _ repeated: RepeatedStart, _ shutdown: Shutdown, _ attempt: () async throws -> Prepared
    ) async throws -> Prepared {
        var repeated = repeated
        while true {
            do {
                return try await attempt()
            } catch let failure as StartFailure {
                let now = SystemClock.now()
                guard case .stay(let pause, let isNews) = repeated.step(after: failure, at: now) else { throw failure }
                if isNews { journal.write(.startFailed, failure.message) }
                notifier.extendStart(by: RepeatedStart.timeout(after: pause))
                notifier.status(
                    "not started: \(failure.message); tried again at \(now.advanced(by: pause).wallTimeOfDay)")
                try await shutdown.pause(for: pause)
            }
        }
    }

    /// Everything that is wrong is told at once.
    ///
    /// - Parameter others: what is known to be wrong beside the configuration.
    private func load(
        _ loader: ConfigurationLoader, _ others: [StartProblem], _ shutdown: Shutdown
    ) async throws -> LoadedConfiguration {
        do {
            return try await loader.loadWaitingForAccounts(since: startedAt) {
                notifier.status("waiting: \($0)")
                try await shutdown.pause(for: .seconds(1))
            }
        } catch let failure as StartFailure {
            throw StartFailure(failure.status, failure.problems + others)
        }
    }

    private func makeLoop() async throws(LoopError) -> (ServingLoop, Shutdown) {
        let (loop, log) = (try ServingLoop(), log)
        let shutdown = Shutdown(on: loop, journal: journal) { status in
            log.flush(within: .milliseconds(100))
            _exit(status.rawValue)
        }
        try await shutdown.watchSignals()
        return (loop, shutdown)
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
        let unfinished = await broker.unfinishedProfiles
        guard unfinished.isEmpty else { throw UnsavedState(profiles: unfinished) }
    }

    private func makeBroker(
        on loop: ServingLoop, _ loaded: LoadedConfiguration, _ loader: ConfigurationLoader,
        _ directory: StateDirectory, _ upstream: UpstreamClient, _ handedOver: [ListenDescriptor]
    ) -> BrokerHost {
        let (log, names) = (log, Worker<BackgroundWork>("names"))
        let bootID = BootID.current()
        let services = BrokerServices(
            disk: Disk(path: directory.path), loader: ProfileLoader(directory: directory, bootID: bootID),
            store: TokenStore(files, bootID: bootID), unsaved: UnsavedStore(files), journal: journal,
            identity: DaemonIdentity(
                version: BearerdVersion.current, pid: getpid(), user: geteuid(), isUsersOwn: loader.paths.areUsersOwn,
                startedAt: startedAt),
            reloader: Reloader(
                load: { () throws(ReloadFailure) in try await loader.reload(on: names) },
                setLogLevel: { log.level = Logger.Level($0) }),
            credentials: .system,
            units: PeerUnits(), loop: loop, now: { SystemClock.now() })
        let stored = StoredState(
            loader: services.loader, tokens: services.store, unsaved: services.unsaved, journal: journal)
        let sockets = [ListeningSockets.clientUnit, ListeningSockets.credentialUnit]
        let profiles = stored.load(
            loaded.profiles, from: handedOver.filter { !sockets.contains($0.name) }, at: SystemClock.now())
        return BrokerHost(
            services, profiles: profiles, configuration: loaded.configuration, upstream: upstream)
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
        _ own: OwnSockets, _ handedOver: [ListenDescriptor]
    ) throws(StartFailure) -> ListeningSockets {
        if own.paths.makesSocketDirectory { try makeDirectory(of: own.paths.socket) }
        let group: UInt32?
        do { group = try own.group() } catch { throw StartFailure(.configuration, [error]) }
        do {
            return try ListeningSockets.open(
                handedOver: handedOver, clients: own.clients(group), credentials: own.credentials)
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
}
