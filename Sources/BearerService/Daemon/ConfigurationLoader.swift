internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc
internal import Logging

/// Reads the configuration and checks it whole, at start and at each reload.
struct ConfigurationLoader: Sendable {
    let paths: DaemonPaths
    let options: DaemonOptions
    var secrets = ProfileSecrets.inherited
    /// See ``ProfileResolver/isDaemonsUser``.
    var isDaemonsUser = true
    /// What decides over who may open the clients' sockets.
    let sockets: SocketModes

    /// Blocks on the disk and on name services.
    ///
    /// - Throws: everything that is wrong with it, not only the first.
    func load() throws(StartFailure) -> LoadedConfiguration {
        try resolve(try read())
    }

    /// Looks everything up that a configuration names.
    func resolve(_ configuration: Configuration) throws(StartFailure) -> LoadedConfiguration {
        let resolver = ProfileResolver(secrets: secrets, isDaemonsUser: isDaemonsUser)
        let openness = sockets.problems(of: configuration)
        let profiles: [ResolvedProfile]
        do {
            profiles = try resolver.settings(of: configuration)
        } catch {
            throw StartFailure(error.status, error.problems + openness)
        }
        try openness.throwIfAny()
        return LoadedConfiguration(
            configuration: configuration, profiles: profiles,
            logLevel: options.logLevel ?? configuration.logLevel)
    }

    /// The file alone.
    func read() throws(StartFailure) -> Configuration {
        do {
            return try Configuration.load(path: paths.configuration, mayBeMissing: paths.isConfigurationOptional)
        } catch {
            let isDenied = faccessat(AT_FDCWD, paths.configuration, R_OK, AT_EACCESS) != 0 && errno == EACCES
            let denial = isDenied ? ": \(FileAccess(path: paths.configuration, isSecret: false).denial)" : ""
            throw StartFailure(
                .configuration,
                [StartProblem(message: "\(error)\(denial)", isCertain: isDaemonsUser || !isDenied)])
        }
    }

    /// A directory service may come up later than we do: unknown names are looked up again during `startup.wait`.
    ///
    /// - Parameter pause: told which names, lets some time pass before that.
    func loadWaitingForAccounts(
        since start: ClockReading, pause: (String) async throws -> Void
    ) async throws -> LoadedConfiguration {
        while true {
            do throws(StartFailure) {
                return try load()
            } catch {
                guard error.wait > SystemClock.now().boot - start.boot else { throw error }
                try await pause(error.message)
            }
        }
    }

    func makeUpstream(_ configuration: Configuration) throws(StartFailure) -> UpstreamClient {
        let upstream = UpstreamConfiguration(
            version: BearerdVersion.current,
            proxy: configuration.proxy.map { UpstreamProxy(host: $0.host, port: $0.port) },
            trust: .chosen(caFile: configuration.caFile))
        do {
            return try UpstreamClient(configuration: upstream)
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
    }

    /// Everything that a reload needs, checked before anything changes.
    ///
    /// - Parameter worker: what blocks happens there.
    func reload(
        on worker: Worker<BackgroundWork>
    ) async throws(ReloadFailure) -> (LoadedConfiguration, UpstreamClient) {
        let result: Result<(LoadedConfiguration, UpstreamClient), StartFailure>
        do throws(LoopError) {
            result = try await worker.run {
                Result { () throws(StartFailure) in
                    let loaded = try load()
                    return (loaded, try makeUpstream(loaded.configuration))
                }
            }
        } catch {
            throw ReloadFailure(message: "\(error)")
        }
        switch result {
        case .success(let loaded): return loaded
        case .failure(let failure): throw ReloadFailure(message: failure.message)
        }
    }
}

extension Logger.Level {
    init(_ level: LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
