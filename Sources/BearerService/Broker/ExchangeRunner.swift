internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerUpstream

/// Exchanges with the authorization server: at most one in flight for a profile, within the budget of all. Lives on the
/// loop.
final class ExchangeRunner {
    /// Longer than any exchange may take.
    private static let maximumDuration = Duration.seconds(20)

    private let services: BrokerServices
    private let jobs: BackgroundJobs
    private let agenda: Agenda
    private var scheduler: ExchangeScheduler
    private var upstream: UpstreamClient
    private var epochs: UInt64 = 0
    /// Resumed when a registration has ended, see ``registrationEnds(if:)``.
    private var awaitingRegistrations: [CheckedContinuation<Void, Never>] = []

    init(
        _ services: BrokerServices, _ budget: BudgetConfiguration, _ upstream: UpstreamClient, _ jobs: BackgroundJobs,
        _ agenda: Agenda
    ) {
        self.services = services
        self.upstream = upstream
        self.jobs = jobs
        self.agenda = agenda
        scheduler = ExchangeScheduler(
            rate: budget.rate, burst: Double(budget.burst), stored: services.loader.directory.budget.load(),
            at: services.now())
    }

    // MARK: When exchanges are sent

    /// A number for a profile whose exchanges begin anew.
    func nextEpoch() -> UInt64 {
        epochs += 1
        return epochs
    }

    /// Sends an exchange of `session` as soon as the budget allows.
    func enqueue(_ exchange: Exchange, of session: ProfileSession) {
        guard !jobs.isStopping else { return }
        scheduler.add(exchange, of: session.name, epoch: session.epoch, at: services.now())
        sendNext()
    }

    /// Sends what the budget allows.
    func sendNext() {
        let orders = scheduler.next(at: services.now().boot)
        if !orders.isEmpty { jobs.begin(.persistBudget) }
        for order in orders { jobs.begin(.exchange(order)) }
        agenda.changed()
    }

    /// When ``sendNext()`` has something to send, on CLOCK_BOOTTIME.
    func nextTime(at now: ClockReading) -> Duration? { scheduler.nextTime(at: now.boot) }

    /// The exchange of a profile, while it waits, and when it is expected to be sent.
    func waiting(_ profile: String, at now: ClockReading) -> BudgetWait? {
        scheduler.waiting(profile).map {
            BudgetWait(
                since: $0.wantedAt, until: scheduler.expectedTime(of: $0, at: now.boot),
                isThrottled: scheduler.isThrottled(at: now.boot))
        }
    }

    func cancelWaiting(_ profile: String) {
        scheduler.remove(profile)
    }

    func cancelAllWaiting() {
        scheduler.removeAll()
    }

    /// Exchanges that wait for the budget.
    var waitingCount: Int { scheduler.waitingCount }

    /// What the next process must know of the budget.
    var budget: BudgetRecord { scheduler.record(at: services.now()) }

    /// Writes what is left of the budget, for the next start. Nothing depends on it, so nothing waits for it.
    func persistBudget() async {
        let (file, record) = (services.loader.directory.budget, budget)
        try? await services.disk.run { () throws(StateError) in file.save(record) }
    }

    /// Takes another configuration over; the client in use until now ends once what it has in flight must be over.
    func configure(_ budget: BudgetConfiguration, _ upstream: UpstreamClient) {
        let old = self.upstream
        services.loop.schedule(after: Self.maximumDuration) { old.shutdown() }
        self.upstream = upstream
        scheduler.configure(rate: budget.rate, burst: Double(budget.burst), at: services.now().boot)
    }

    func shutDown() {
        upstream.shutdown()
    }

    // MARK: One exchange

    /// Carries one exchange out, from what must be on disk before it to the event that its outcome is.
    func carryOut(_ order: ExchangeOrder, of session: ProfileSession) async {
        guard !jobs.isStopping, session.isCurrent(order) else { return }
        switch order.exchange.kind {
        case .token: await requestToken(order, of: session)
        case .registration: await register(order, of: session)
        }
    }

    /// Waits until a registration has ended, if there `isOne` still that matters; an exchange has its time limit, and so has
    /// this.
    func registrationEnds(if isOne: () -> Bool) async {
        await withCheckedContinuation { continuation in
            // The task may have been put aside before it comes here, and the registration may have ended meanwhile.
            if isOne() { awaitingRegistrations.append(continuation) } else { continuation.resume() }
        }
    }

    private func requestToken(_ order: ExchangeOrder, of session: ProfileSession) async {
        guard let credentials = session.credentials else {
            let failure = ExchangeFailure(.unexpectedReply, detail: "there are no client credentials to ask with")
            return session.handle(.failed(exchange: order.exchange.id, failure), of: order)
        }
        let sentAt = services.now()
        do {
            let grant = try await upstream.requestToken(with: credentials, at: session.settings.upstream)
            ended(nil, sentAt: sentAt)
            session.handle(.granted(exchange: order.exchange.id, grant, sentAt: sentAt), of: order)
        } catch {
            ended(error, sentAt: sentAt)
            // One that was given up is nobody's failure.
            if !jobs.isStopping { session.handle(.failed(exchange: order.exchange.id, error), of: order) }
        }
    }

    /// The intent is on disk before the request is sent, and the credentials before anybody uses them.
    private func register(_ order: ExchangeOrder, of session: ProfileSession) async {
        let server = session.settings.upstream
        guard let registration = session.settings.registration else {
            let failure = ExchangeFailure(.notConnected, detail: "there is no software statement to register with")
            return session.handle(.failed(exchange: order.exchange.id, failure), of: order)
        }
        guard await session.registrationBegins(order) else { return }
        let sentAt = services.now()
        let event: LifecycleEvent
        do throws(ExchangeFailure) {
            guard !jobs.isStopping else {
                throw ExchangeFailure(.notConnected, detail: "bearerd is stopping: nothing was sent")
            }
            let credentials = try await upstream.register(
                registration.statement.secret, redirectURI: registration.redirectURI, at: server)
            await session.replaceCredentials(with: credentials)
            ended(nil, sentAt: sentAt)
            event = .registered(exchange: order.exchange.id)
        } catch {
            ended(error, sentAt: sentAt)
            event = .failed(exchange: order.exchange.id, error)
        }
        await session.registrationEnds(with: event, of: order)
        let waiting = awaitingRegistrations
        awaitingRegistrations = []
        for continuation in waiting { continuation.resume() }
    }

    /// Slows our calls down when the server finds them too many.
    private func ended(_ failure: ExchangeFailure?, sentAt: ClockReading) {
        scheduler.ended(failure, sentAt: sentAt.boot, at: services.now().boot, random: .random(in: 0..<1))
        if failure?.isThrottled == true { jobs.begin(.persistBudget) }
    }
}
