internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc
internal import Logging

/// A configuration with everything in it looked up.
struct LoadedConfiguration: Sendable {
    let configuration: Configuration
    let profiles: [ResolvedProfile]
    let logLevel: Logger.Level
}

/// Reads the configuration and checks it whole, at start and at each reload.
struct ConfigurationLoader: Sendable {
    let paths: DaemonPaths
    let options: DaemonOptions
    let credentials: CredentialsDirectory
    /// The paths of the clients' sockets, where systemd holds them.
    let handedOver: [String]

    /// Blocks on the disk and on name services.
    func load() throws(StartFailure) -> LoadedConfiguration {
        let configuration: Configuration
        do {
            configuration = try Configuration.load(
                path: paths.configuration, mayBeMissing: paths.isConfigurationOptional)
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
        let profiles = try ProfileResolver(credentials: credentials).settings(of: configuration)
        try checkOpenness(of: configuration)
        return LoadedConfiguration(
            configuration: configuration, profiles: profiles,
            logLevel: Logger.Level(options.logLevel ?? configuration.logLevel))
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
    func reload(_ log: LogQueue, on worker: Worker<BackgroundWork>) async throws(ReloadFailure) -> ReloadedConfiguration
    {
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
        case .success(let (loaded, upstream)):
            return ReloadedConfiguration(
                settings: BrokerConfiguration(loaded.configuration), profiles: loaded.profiles, upstream: upstream,
                applyLogLevel: { log.level = loaded.logLevel })
        case .failure(let failure): throw ReloadFailure(message: failure.message)
        }
    }

    /// A socket that everybody can open must not give away a token for which nobody is named.
    func checkOpenness(of configuration: Configuration) throws(StartFailure) {
        guard let open = configuration.profiles.first(where: { $0.allow == nil }) else { return }
        for (path, mode) in try socketModes() where mode & 0o006 != 0 {
            throw StartFailure(
                .configuration,
                "\(path): mode 0\(String(mode, radix: 8)) lets everybody open the socket, and profile "
                    + "\(open.name) has no allow: name who may have its token, or make the mode 0660")
        }
    }

    /// The permission bits of the clients' sockets: of the paths, since the descriptor of a bound socket says 0777.
    private func socketModes() throws(StartFailure) -> [(path: String, mode: UInt32)] {
        if handedOver.isEmpty { return [(paths.socket, options.socketMode)] }
        var modes: [(String, UInt32)] = []
        for path in handedOver {
            var status = stat()
            guard stat(path, &status) == 0 else {
                let reason = String(cString: strerror(errno))
                throw StartFailure(.configuration, "\(path): who may open the socket cannot be told: \(reason)")
            }
            modes.append((path, status.st_mode & 0o7777))
        }
        return modes
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
