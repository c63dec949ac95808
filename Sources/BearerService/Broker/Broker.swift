internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream

/// The one place where tokens live. An actor on the loop that serves the clients, so that a token in memory is
/// answered within the read that asks for it; whatever takes time happens elsewhere and comes back as an event.
actor Broker {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// A line whenever what ``summary()`` says may have changed.
    nonisolated let changes: AsyncStream<Void>

    let disk: Disk
    let loader: ProfileLoader
    let store: TokenStore
    let unsaved: UnsavedStore
    let journal: Journal
    nonisolated let identity: DaemonIdentity
    /// Reads and checks the configuration anew.
    let reloader: Reloader
    let units: PeerUnits
    let now: @Sendable () -> Moment

    var settings: BrokerSettings
    var upstream: UpstreamClient
    var isReloading = false
    private(set) var isStopping = false

    var profiles: [String: Profile] {
        didSet {
            standardProfile = Self.standard(of: profiles)
            sortedNames = nil
        }
    }
    private var sortedNames: [String]?
    /// The one that is meant where none is named: the one called `default`, else the only one.
    private(set) var standardProfile: Profile?
    var connections = Connections()
    /// The groups that decide about clients.
    private(set) var namedGroups = NamedGroups()
    /// Units' credentials that are being loaded.
    var loads: [ObjectIdentifier: CredentialConnection] = [:]
    /// Goes off when what ``summary()`` said is no longer true.
    var aging: LoopTimer?
    /// A change of ``connections`` is about to be told.
    var isNotingConnections = false
    /// Resumed when the last connection is closed, while the daemon stops.
    var lastConnection: CheckedContinuation<Void, Never>?
    /// Those who wait until a registration has ended, see ``registrationsEnd(_:)``.
    var awaitingRegistrations: [CheckedContinuation<Void, Never>] = []
    var holdings = Holdings()
    var isMakingRoom = false
    var complaints = ComplaintLimit()
    var budget: Budget
    /// Exchanges that wait for the budget, first come first served.
    var queue: [ExchangeOrder] = []
    var ordered: UInt64 = 0
    /// When what could not be written or kept is tried again, on CLOCK_BOOTTIME.
    var nextSave: Duration?

    private let changed: AsyncStream<Void>.Continuation
    private let orders: AsyncStream<RunnerOrder>
    private let runner: AsyncStream<RunnerOrder>.Continuation
    /// Jobs that were ordered and have not ended.
    private var jobCount = 0
    private var alarm: Alarm?
    /// ``Moment/wallClockOffset`` at the last ``wake()``.
    private var wallClockOffset: Duration
    private var tickets: UInt64 = 0

    init(
        _ services: BrokerServices, profiles: [LoadedProfile], settings: BrokerSettings, upstream: UpstreamClient
    ) {
        disk = services.disk
        loader = services.loader
        store = services.store
        unsaved = services.unsaved
        journal = services.journal
        identity = services.identity
        reloader = services.reloader
        units = services.units
        loop = services.loop
        now = services.now
        self.settings = settings
        self.upstream = upstream
        self.profiles = Dictionary(uniqueKeysWithValues: profiles.map { ($0.settings.name, Profile($0)) })
        standardProfile = Self.standard(of: self.profiles)
        namedGroups.set(Self.groups(namedIn: profiles.map(\.settings)))
        let start = services.now()
        wallClockOffset = start.wallClockOffset
        budget = Budget(settings.budget, stored: services.loader.directory.budget.load(), at: start)
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (orders, runner) = AsyncStream.makeStream()
    }

    /// Starts the profiles; ``run()`` does what they order.
    ///
    /// - Throws: when the kernel has no descriptor or memory left for timers.
    func begin() throws(LoopError) {
        guard !isStopping else { return }
        alarm = try Alarm(on: loop) { self.assumeIsolated { $0.wake() } }
        for profile in profiles.values { start(profile) }
        setAlarm()
        noteChange()
    }

    /// Carries out what is ordered, until all of it has ended after ``stop()``.
    func run() async {
        await withDiscardingTaskGroup { registrations in
            await withDiscardingTaskGroup { others in
                for await order in orders {
                    switch order {
                    case .begin(let job) where job.isRegistration:
                        registrations.addTask { await self.carryOut(job) }
                    case .begin(let job): others.addTask { await self.carryOut(job) }
                    case .cancelOthers: others.cancelAll()
                    case .cancelRegistrations: registrations.cancelAll()
                    }
                }
            }
        }
        alarm?.stop()
        upstream.shutdown()
    }

    /// Has ``run()`` do something.
    func order(_ job: Job) {
        jobCount += 1
        runner.yield(.begin(job))
    }

    private func carryOut(_ job: Job) async {
        switch job {
        case .exchange(let order): await carryOut(order)
        case .save(let name): await saveAgain(name)
        case .loadAgain(let name): await loadAgain(name)
        case .saveHistory(let name): if let profile = profiles[name] { await save(.history, of: profile) }
        case .saveBudget: await saveBudget()
        case .reload(let request): await carryOut(request)
        }
        jobCount -= 1
        endIfOver()
    }

    /// The caller sets the alarm.
    func start(_ profile: Profile) {
        if !profile.unsaved.isEmpty { nextSave = now().boot }
        profile.blockage == nil ? take(.start, for: profile) : startBlocked(profile)
    }

    /// Sends nothing upstream from now on, gives token requests in flight up, writes what is not on disk yet, and has
    /// ``run()`` end. A registration in flight is given 4 s to come back and be saved: its credentials would be lost.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        queue = []
        orderSaves()
        runner.yield(.cancelOthers)
        loop.schedule(after: Self.lastRegistration) { [runner] in runner.yield(.cancelRegistrations) }
        changed.finish()
        endIfOver()
    }

    /// What the daemon has not done when it ends now: the profiles of which something would be lost.
    var unfinishedProfiles: [String] {
        profiles.values.filter { $0.isRegistering || !$0.unsaved.isEmpty }.map(\.name).sorted()
    }

    private func endIfOver() {
        if isStopping, jobCount == 0 { runner.finish() }
    }

    /// Ends a client's connections once what it has in flight must be over.
    func retire(_ client: UpstreamClient, after delay: Duration) {
        loop.schedule(after: delay) { client.shutdown() }
    }

    private static let lastRegistration = Duration.seconds(4)

    /// Takes one event of a profile in, and does what follows from it.
    func handle(_ event: LifecycleEvent, for profile: Profile) {
        take(event, for: profile)
        setAlarm()
    }

    private func take(_ event: LifecycleEvent, for profile: Profile) {
        let moment = now()
        let actions = profile.lifecycle.handle(event, at: moment, random: .random(in: 0..<1))
        perform(actions, for: profile, at: moment)
    }

    func perform(_ actions: [LifecycleAction], for profile: Profile, at moment: Moment) {
        for action in actions {
            switch action {
            case .send(let exchange):
                enqueue(exchange, of: profile, at: moment)
            case .saveHistory: order(.saveHistory(profile: profile.name))
            case .report(let report): journal.report(report, of: profile, at: moment)
            case .tokenChanged:
                profile.replies.forget()
                keep(profile)
                tokenChanged(profile, at: moment)
            case .tokenEnded:
                profile.replies.forget()
                profile.blockage == nil ? tokenEnded(profile, at: moment) : refused(profile)
            case .exchangeFailed: exchangeFailed(profile, at: moment)
            case .refused:
                profile.replies.forget()
                refused(profile)
            }
        }
        if !actions.isEmpty { noteChange() }
    }

    /// Does what is due, and sets the alarm for what is due next.
    func wake() {
        guard !isStopping else { return }
        let moment = now()
        let isStepped = moment.isStepped(since: wallClockOffset, by: .seconds(1))
        wallClockOffset = moment.wallClockOffset
        for profile in profiles.values {
            let isDue = profile.lifecycle.nextDeadline?.isReached(at: moment) == true
            forgetEnded(profile, at: moment)
            if isDue || (isStepped && profile.blockage == nil) { take(.deadline, for: profile) }
        }
        // A step of the wall clock changes what is said of times.
        noteChange()
        if let nextSave, nextSave <= moment.boot { orderSaves() }
        sendQueued()
        setAlarm()
    }

    func setAlarm() {
        let moment = now()
        var times = profiles.values.compactMap { profile in
            profile.lifecycle.nextDeadline.map { moment.boot + $0.remaining(at: moment) }
        }
        times += profiles.values.compactMap { profile in
            profile.stored.map { moment.boot + $0.endOfService.remaining(at: moment) }
        }
        if !queue.isEmpty { times.append(budget.nextAvailable(at: moment.boot)) }
        if let nextSave { times.append(nextSave) }
        alarm?.set(times.min())
    }

    /// The names of ``profiles`` in order, sorted once for any number of requests.
    func profileNames() -> [String] {
        if let sortedNames { return sortedNames }
        let names = profiles.keys.sorted()
        sortedNames = names
        return names
    }

    /// From now on, these profiles' groups decide about clients.
    func nameGroups(of profiles: [ProfileSettings]) {
        namedGroups.set(Self.groups(namedIn: profiles))
    }

    private static func groups(namedIn profiles: [ProfileSettings]) -> Set<UInt32> {
        profiles.reduce(into: []) { $0.formUnion($1.access?.groups ?? []) }
    }

    private static func standard(of profiles: [String: Profile]) -> Profile? {
        profiles["default"] ?? (profiles.count == 1 ? profiles.values.first : nil)
    }

    func noteChange() {
        changed.yield()
    }

    func nextTicket(_ profile: Profile) -> Ticket {
        tickets += 1
        return Ticket(profile: profile.name, number: tickets)
    }
}
