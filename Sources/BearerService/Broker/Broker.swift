internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import BearerUpstream

/// The one place where tokens live: knows the profiles, and has each request answered by whom it concerns. It lives on
/// the loop that serves the clients, so that a token in memory is answered within the read that asks for it; whatever
/// takes time is a ``Job``.
final class Broker {
    let clients: ClientRegistry
    let status: StatusSignal
    let jobs: BackgroundJobs
    let runner: ExchangeRunner
    private let services: BrokerServices
    private let agenda: Agenda
    private let log: ClientLog
    private let credentialRequests: CredentialRequests
    private let reload: Reload
    private let environment: ProfileSession.Environment
    private var sessions = ProfileSessions()
    /// ``ClockReading/wallClockOffset`` at the last ``wake()``.
    private var wallClockOffset: Duration

    init(
        _ services: BrokerServices, profiles: [LoadedProfile], configuration: Configuration, upstream: UpstreamClient
    ) {
        let loop = services.loop
        self.services = services
        agenda = Agenda(on: loop, now: services.now)
        let status = StatusSignal(on: loop)
        self.status = status
        log = ClientLog(services.journal, services.units, on: loop, now: services.now)
        clients = ClientRegistry(
            on: loop, ConnectionLimits(configuration.limits), services.identity, log, now: services.now
        ) {
            status.connectionsChanged()
        }
        jobs = BackgroundJobs(on: loop, agenda, now: services.now)
        runner = ExchangeRunner(services, configuration.budget, upstream, jobs, agenda)
        credentialRequests = CredentialRequests(
            services.identity, configuration.credentialSocket.onFailure, log, now: services.now)
        reload = Reload(services, jobs, runner)
        environment = ProfileSession.Environment(
            services: services, runner: runner, jobs: jobs, agenda: agenda, status: status, log: log)
        wallClockOffset = services.now().wallClockOffset
        log.isAuditing = configuration.audit
        for profile in profiles { sessions[profile.settings.name] = ProfileSession(profile, environment) }
        nameGroups(of: profiles.map(\.settings))
        for profile in profiles { warn(of: profile) }
    }

    // MARK: Start and stop

    /// Starts the profiles; what they want done takes time, and is done by ``carryOut(_:)``.
    ///
    /// - Throws: when the kernel has no descriptor or memory left for timers.
    func begin() throws(LoopError) {
        guard !jobs.isStopping else { return }
        try agenda.start { [self] now in
            nextTime(at: now)
        } onWake: { [self] in
            wake()
        }
        for session in sessions.all { session.start() }
        agenda.changed()
        status.changed()
    }

    /// Sends nothing upstream from now on, gives token requests in flight up, and has what is not on disk yet written.
    func stop() {
        guard !jobs.isStopping else { return }
        runner.cancelAllWaiting()
        for session in sessions.all { session.retry() }
        // After what must be written: one look at a time, so that a registration in flight does not wait for all of them.
        jobs.begin(.restoreRemoved)
        jobs.stop()
        status.finish()
    }

    /// Every job has ended after ``stop()``.
    func ended() {
        agenda.stop()
        runner.shutDown()
    }

    /// Answers what has arrived, has nobody wait any longer, and ends every connection; what is still open after `limit` is
    /// cut.
    func endConnections(within limit: Duration) async {
        for session in sessions.all { session.endWaiting() }
        await clients.endAll(within: limit)
    }

    /// What the daemon has not done when it ends now: the profiles of which something would be lost.
    var unfinishedProfiles: [String] {
        sessions.all.filter { $0.isRegistering || !$0.isDurable }.map(\.name).sorted()
    }

    // MARK: What is due

    /// Does what is due.
    func wake() {
        guard !jobs.isStopping else { return }
        let now = services.now()
        let isStepped = now.isStepped(since: wallClockOffset, by: .seconds(1))
        wallClockOffset = now.wallClockOffset
        for session in sessions.all { session.wake(at: now, isStepped: isStepped) }
        // A step of the wall clock changes what is said of times.
        status.changed()
        if jobs.takeRetry(at: now.boot) { for session in sessions.all { session.retry() } }
        runner.sendNext()
    }

    private func nextTime(at now: ClockReading) -> Duration? {
        let times = sessions.all.compactMap { $0.nextTime(at: now) }
        return (times + [runner.nextTime(at: now), jobs.nextRetry].compactMap { $0 }).min()
    }

    /// Does one job, to its end.
    func carryOut(_ job: Job) async {
        switch job {
        case .exchange(let order):
            if let session = sessions[order.profile] { await runner.carryOut(order, of: session) }
        case .reload: await reload.carryOut(for: self)
        case .persistUnsaved(let name): await sessions[name]?.persistUnsaved()
        case .restoreRemoved: for name in sessions.all.map(\.name) { await sessions[name]?.persistUnsaved() }
        case .loadAgain(let name): await loadAgain(name)
        case .persistHistory(let name): await sessions[name]?.persistHistory()
        case .persistBudget: await runner.persistBudget()
        }
        jobs.ended()
    }

    /// Reads the files again of a profile whose files cannot be used, for a reason that may pass.
    private func loadAgain(_ name: String) async {
        guard !jobs.isStopping, let session = sessions[name], session.mayLoadAgain else { return }
        // What is known here must be written first.
        guard session.isDurable else { return jobs.retryLater() }
        let (loader, settings, now) = (services.loader, session.settings, services.now())
        let loaded = try? await services.disk.run { loader.load(settings, now: now) }
        // A reload may have read the files meanwhile, or have brought other settings.
        guard !jobs.isStopping, sessions[name] === session, session.mayLoadAgain, session.settings.key == settings.key
        else { return }
        guard var loaded, loaded.unusable?.isPassing != true else { return jobs.retryLater() }
        loaded.settings = session.settings
        if loaded.unusable == nil {
            services.journal.write(.profileUnblocked, "\(name): its files can be read again", [.profile: name])
        }
        replace(session, with: loaded)
        status.changed()
    }

    // MARK: Reload

    var isReloading: Bool { reload.isRunning }

    /// What a reload does with the profiles.
    func plan(for new: [ResolvedProfile]) -> ReloadPlan {
        ReloadPlan(
            from: sessions.byName.mapValues {
                ReloadPlan.Current(basis: $0.settings.basis, isUnusable: $0.mustLoadAgain)
            },
            to: Dictionary(uniqueKeysWithValues: new.map { ($0.name, $0.basis) }))
    }

    /// The profiles whose credentials belong to something that is configured no more.
    func leaving(for new: [ResolvedProfile]) -> [ProfileSession] {
        plan(for: new).leaving.compactMap { sessions[$0] }
    }

    /// Takes another configuration over, with what was read of the profiles that need it.
    ///
    /// - Returns: the profiles that are given other client credentials than before, sorted.
    func apply(_ new: LoadedConfiguration, _ upstream: UpstreamClient, _ loaded: [LoadedProfile]) -> [String] {
        let (plan, configuration) = (plan(for: new.profiles), new.configuration)
        services.reloader.setLogLevel(new.logLevel)
        runner.configure(configuration.budget, upstream)
        clients.limits = ConnectionLimits(configuration.limits)
        credentialRequests.onFailure = configuration.credentialSocket.onFailure
        log.isAuditing = configuration.audit
        nameGroups(of: sessions.all.map(\.settings) + new.profiles)
        for name in plan.removed { sessions.remove(name)?.end() }
        let read = Dictionary(uniqueKeysWithValues: loaded.map { ($0.settings.name, $0) })
        let reprovisioned = new.profiles.filter { sessions[$0.name]?.settings.isGivenOthers(by: $0) == true }
        for settings in new.profiles {
            // What could be used again meanwhile goes on.
            if let profile = read[settings.name], !plan.updated.contains(settings.name) {
                take(profile)
            } else {
                sessions[settings.name]?.update(settings)
            }
        }
        jobs.begin(.restoreRemoved)
        agenda.changed()
        status.changed()
        return reprovisioned.map(\.name).sorted()
    }

    private func take(_ loaded: LoadedProfile) {
        if let session = sessions[loaded.settings.name] { return replace(session, with: loaded) }
        warn(of: loaded)
        let session = ProfileSession(loaded, environment)
        sessions[session.name] = session
        session.start()
    }

    private func replace(_ session: ProfileSession, with loaded: LoadedProfile) {
        warn(of: loaded)
        session.replace(with: loaded)
    }

    private func warn(of loaded: LoadedProfile) {
        let name = loaded.settings.name
        for warning in loaded.warnings {
            services.journal.write(.stateWarning, "\(name): \(warning)", [.profile: name])
        }
    }

    /// From now on, these profiles' groups decide about clients.
    private func nameGroups(of profiles: [ResolvedProfile]) {
        clients.nameGroups(profiles.reduce(into: []) { $0.formUnion($1.access?.groups ?? []) })
    }

    // MARK: How things stand

    func summary() -> DaemonSummary {
        let now = services.now()
        return DaemonSummary(of: sessions.all.lazy.map { $0.snapshot(at: now) }, clients: clients.count, at: now)
    }

    /// The session of the profile called `name`; without a name, that of the default profile.
    func session(_ name: String?) -> ProfileSession? { if let name { sessions[name] } else { sessions.standard } }

    var allSessions: [ProfileSession] { Array(sessions.all) }
}

// MARK: - Requests

extension Broker: RequestHandler {
    func answer(_ request: Request, from client: ClientConnection) -> Answer {
        let caller = Caller(client: client, id: request.id)
        do throws(ErrorReply) {
            switch request.operation {
            case .token(let wanted):
                return try session(of: wanted.profile, for: client).token(wanted, caller)
            case .renew(let wanted):
                return try session(of: wanted.profile, for: client).renew(wanted, caller)
            case .watch(let name): return try session(of: name, for: client).watch(caller)
            case .status(let name): return try status(name, caller)
            case .ping: return .reply(ShortReply.pong(version: services.identity.version).line(id: request.id))
            case .reload:
                try requireAdministrator(client.peer, "reload")
                return try reload.begin(caller)
            case .register(let name, let force):
                try requireAdministrator(client.peer, "register")
                guard !jobs.isStopping else { throw .stopping }
                return try session(of: name, for: client).register(force: force, caller)
            case .export(let name):
                try requireAdministrator(client.peer, "export")
                let session = try session(of: name, for: client)
                return export(session, try session.export(), caller)
            }
        } catch {
            let line = error.line(id: request.id)
            guard error.code == .accessDenied, log.admitDenial(of: client.peer) else { return .reply(line) }
            // Held until it is known who that was: a client that is gone has no unit any more.
            log.logDenial(error.description, client.peer, profile(of: request.operation)) { client.deliver(line) }
            return .later {}
        }
    }

    func credential(for connection: CredentialConnection) -> CredentialAnswer {
        credentialRequests.answer(connection) { session($0) }
    }

    private func session(of name: String?, for client: ClientConnection) throws(ErrorReply) -> ProfileSession {
        if let session = session(name) { return session }
        let problem =
            name.map { "there is no profile \($0)" } ?? "there are several profiles and none is called default"
        throw ErrorReply(.unknownProfile, problem + choice(for: client))
    }

    /// How many profiles an error names.
    private static let maximumChoice = 20

    /// The profiles that the client may use, as the end of an error's description; of many the first ones.
    private func choice(for client: ClientConnection) -> String {
        let names = sessions.names.lazy.filter { [self] in sessions[$0].map { maySee($0, client) } ?? false }
        let first = Array(names.prefix(Self.maximumChoice + 1))
        guard !first.isEmpty else { return "" }
        let others = first.count > Self.maximumChoice ? " and others" : ""
        return "; you may use \(first.prefix(Self.maximumChoice).joined(separator: ", "))\(others)"
    }

    private func status(_ name: String?, _ caller: Caller) throws(ErrorReply) -> Answer {
        let client = caller.client
        if let name {
            let session = try session(of: name, for: client)
            guard maySee(session, client) else { throw session.clients.denial(of: client.peer) }
        }
        let identity = services.identity
        let reply = StatusReply(
            version: identity.version, pid: identity.pid, startedAt: identity.startedAt.unixSeconds,
            connections: Int64(clients.count), profiles: [])
        var pieces = StatusPieces(reply, of: name.map { [$0] } ?? sessions.names, id: caller.id)
        let next = { [self] in
            let now = services.now()
            return pieces.next { name in
                guard let session = sessions[name], maySee(session, client) else { return nil }
                return session.snapshot(at: now).status(at: now)
            }
        }
        let first = next()
        return first.isLast ? .reply(first.bytes) : .inPieces(first.bytes, rest: next)
    }

    /// Hands client credentials over once the journal says to whom: a client that is gone has no unit any more.
    private func export(
        _ session: ProfileSession, _ credentials: ClientCredentials, _ caller: Caller
    ) -> Answer {
        let reply = ExportReply(
            profile: session.name, clientID: credentials.clientID, clientSecret: credentials.clientSecret)
        let line = reply.line(id: caller.id)
        log.logExport(of: session.name, clientID: credentials.clientID, caller.peer) { caller.client.deliver(line) }
        return .later {}
    }

    private func maySee(_ session: ProfileSession, _ client: ClientConnection) -> Bool {
        client.peer.isAdministrator(daemonUser: services.identity.user) || session.clients.isAllowed(client)
    }

    private func requireAdministrator(_ peer: Peer, _ operation: String) throws(ErrorReply) {
        guard !peer.isAdministrator(daemonUser: services.identity.user) else { return }
        throw ErrorReply(.accessDenied, "\(operation) is for root and the daemon's user; this is uid \(peer.uid)")
    }

    /// The name of the profile that an operation is about.
    private func profile(of operation: Operation) -> String? {
        switch operation {
        case .token(let request): session(request.profile)?.name
        case .renew(let request): session(request.profile)?.name
        case .watch(let name), .register(let name, _), .export(let name): session(name)?.name
        case .status(let name): name
        case .ping, .reload: nil
        }
    }
}
