internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import BearerState

/// One profile as long as it is configured: the life of its token, and what must survive of it. Lives on the loop.
///
/// Reloads change what it works with; its clients stay.
final class ProfileSession {
    private(set) var settings: ResolvedProfile
    /// Changes when exchanges begin anew, see ``ExchangeOrder``.
    private(set) var epoch: UInt64
    /// A registration was sent, and what came of it is not on disk yet.
    private(set) var isRegistering = false
    let clients: ProfileClients
    let orders: RegistrationOrders

    private let environment: Environment
    private var lifecycle: TokenLifecycle
    private var records: ProfileRecords
    private var keptToken: KeptToken

    init(_ loaded: LoadedProfile, _ environment: Environment) {
        self.environment = environment
        settings = loaded.settings
        epoch = environment.runner.nextEpoch()
        clients = ProfileClients(
            of: loaded.settings.name, loaded.settings.access, on: environment.services.loop, environment.log)
        orders = RegistrationOrders(on: environment.services.loop)
        lifecycle = TokenLifecycle(loaded)
        records = environment.records(of: loaded)
        keptToken = KeptToken(
            of: loaded.settings.name, in: environment.services.store, token: loaded.token,
            fingerprint: loaded.tokenFingerprint)
    }

    func start() {
        if !records.isDurable { environment.jobs.retryNow() }
        for entry in advice?.atStart(now: environment.now.unixSeconds) ?? [] { environment.journal.write(entry) }
        if let unusable = records.unusable { start(unusable) } else { handle(.start) }
    }

    /// The caller has the agenda know.
    private func start(_ state: UnusableState) {
        let now = environment.now
        if state.isPassing { environment.jobs.retryLater() }
        let token = lifecycle.servableToken(at: now)
        let advice = token.map { "; its token is served for another \($0.remaining(at: now).minutesText)" } ?? ""
        let again = state.isPassing ? "; it is tried again every 30 s" : ""
        environment.journal.write(.profileBlocked, "\(name): \(state.reason)\(advice)\(again)", [.profile: name])
        if token == nil { refused() } else { perform([.tokenChanged], at: now) }
    }

    // MARK: How things stand

    var name: String { settings.name }

    /// The client credentials that are in use.
    var credentials: ClientCredentials? { settings.given?.credentials ?? records.credentials?.credentials }

    /// Everything is on disk.
    var isDurable: Bool { records.isDurable }

    func snapshot(at now: ClockReading) -> ProfileSnapshot {
        ProfileSnapshot(
            name: name, lifecycle: lifecycle, unusable: records.unusable, credentials: credentials,
            registeredAt: records.credentials?.registeredAt, isProvisioned: settings.given != nil,
            isDurable: records.isDurable, requests: clients.requests,
            waiting: environment.runner.waiting(name, at: now), server: settings.server,
            expectedScopes: settings.registration?.expectedScopes ?? [], nextRetry: environment.jobs.nextRetry)
    }

    /// Why waiting is pointless; `nil` when it is not.
    private var refusal: ErrorReply? {
        guard records.unusable != nil || lifecycle.failureStreak != nil else { return nil }
        return snapshot(at: environment.now).refusal.map { ErrorReply(.registrationRefused, $0) }
    }

    private var advice: RegistrationAdvice? {
        settings.registration.map {
            RegistrationAdvice(
                profile: name, server: settings.server, registration: $0, credentials: credentials,
                registeredAt: records.credentials?.registeredAt, otherCredentials: records.otherCredentials)
        }
    }
}

// MARK: - The life of the token

extension ProfileSession {
    /// Takes one event in, and does what follows from it.
    func handle(_ event: LifecycleEvent) {
        let now = environment.now
        perform(lifecycle.handle(event, at: now, random: .random(in: 0..<1)), at: now)
    }

    /// The same for the outcome of `order`; a reload may have put another exchange in its place meanwhile.
    func handle(_ outcome: LifecycleEvent, of order: ExchangeOrder) {
        if order.epoch == epoch { handle(outcome) }
        if case .granted = outcome { saveUnsaved() }
    }

    /// Whether `order` is for the exchange that is wanted now.
    func isCurrent(_ order: ExchangeOrder) -> Bool { order.epoch == epoch && lifecycle.exchange == order.exchange }

    /// Does what is due.
    ///
    /// - Parameter isStepped: the wall clock was stepped since the last time.
    func wake(at now: ClockReading, isStepped: Bool) {
        let isDue = lifecycle.nextDeadline?.isReached(at: now) == true
        keptToken.removeEnded(at: now)
        if isDue || (isStepped && records.unusable == nil) { handle(.deadline) }
    }

    /// When ``wake(at:isStepped:)`` is due, on CLOCK_BOOTTIME.
    func nextTime(at now: ClockReading) -> Duration? {
        let times = [lifecycle.nextDeadline, keptToken.endOfService].compactMap { $0 }
        return times.map { now.boot + $0.remaining(at: now) }.min()
    }

    private func perform(_ actions: [LifecycleAction], at now: ClockReading) {
        for action in actions {
            switch action {
            case .send(let exchange): environment.runner.enqueue(exchange, of: self)
            case .saveHistory: environment.jobs.begin(.persistHistory(profile: name))
            case .report(let report): log(report, at: now)
            case .tokenChanged:
                keepToken()
                clients.tokenChanged(to: lifecycle.servableToken(at: now), at: now)
            case .tokenEnded where records.unusable == nil: clients.tokenEnded(unavailable())
            case .tokenEnded, .refused: refused()
            case .exchangeFailed:
                if let refusal {
                    clients.failWaiters(refusal)
                } else {
                    clients.renewalFailed(unavailable("has no other token"))
                }
            }
        }
        environment.agenda.changed()
        if !actions.isEmpty { environment.status.changed() }
    }

    private func refused() { clients.refused(refusal ?? ErrorReply(.registrationRefused, "the profile is refused")) }

    /// Writes to the journal, and says of a registration what came of it.
    private func log(_ report: LifecycleReport, at now: ClockReading) {
        // What was not sent because of the end has not failed.
        if environment.jobs.isStopping, case .exchangeFailed(_, let failure, _, _) = report,
            failure.reason == .notConnected
        {
            return
        }
        let isRegistered = if case .registered = report { true } else { false }
        let context = JournalEntry.Context(
            profile: name, server: settings.server, registration: isRegistered ? advice?.text : nil,
            replacement: settings.given?.replacement, isDurable: records.isDurable,
            missingScopes: advice?.missing ?? [],
            wait: environment.runner.waiting(name, at: now).map { ($0.detail, now.advanced(by: $0.until - now.boot)) })
        environment.journal.write(JournalEntry(report, context))
        if isRegistered, let missing = advice?.missingScopes { environment.journal.write(missing) }
    }
}

// MARK: - What must survive

extension ProfileSession {
    /// A registration is about to be sent: that it is must outlive this process.
    ///
    /// - Returns: whether it is still wanted; a reload may have taken the profile away.
    func registrationBegins(_ order: ExchangeOrder) async -> Bool {
        guard isCurrent(order) else { return false }
        isRegistering = true
        if await !records.persist(lifecycle.history) { lifecycle.registrationNotRecorded(at: environment.now) }
        return true
    }

    func replaceCredentials(with new: ClientCredentials) async { await records.replaceCredentials(with: new) }

    func registrationEnds(with outcome: LifecycleEvent, of order: ExchangeOrder) async {
        handle(outcome, of: order)
        if case .registered = outcome, let credentials {
            orders.end(with: ShortReply.registered(profile: name, clientID: credentials.clientID))
        } else {
            orders.end(with: refusal ?? unavailable("was not registered"))
        }
        if records.areCredentialsAtRisk { lifecycle.registrationNotRecorded(at: environment.now) }
        await records.persist(lifecycle.history)
        isRegistering = false
    }

    func persistHistory() async { await records.persist(lifecycle.history) }

    /// Tries again what could not be written, kept or read.
    func retry() {
        keepToken()
        if !records.isDurable { saveUnsaved() }
        if mayLoadAgain { environment.jobs.begin(.loadAgain(profile: name)) }
    }

    /// Has what is not on disk, or no longer, written.
    func saveUnsaved() {
        environment.jobs.begin(.persistUnsaved(profile: name))
    }

    func persistUnsaved() async {
        // A reload may put others in their place meanwhile.
        let records = records
        guard await records.persistUnsaved(history: lifecycle.history), !isRegistering, records === self.records else {
            return
        }
        // Credentials that were in memory alone outlive this process now: the history may say that they came.
        records.credentialsAreSafe()
        lifecycle.registrationRecorded()
        await records.persist(lifecycle.history)
    }

    private func keepToken() {
        guard let token = lifecycle.token, let credentials else { return }
        let isKept = keptToken.replace(
            with: token, issuedTo: StoredToken.fingerprint(server: settings.server, credentials: credentials),
            key: settings.key?.fileIdentifier)
        if !isKept { environment.jobs.retryLater() }
    }
}

// MARK: - Requests

extension ProfileSession {
    func token(_ wanted: TokenRequest, _ caller: Caller) throws(ErrorReply) -> Answer {
        try clients.admit(caller.client)
        let now = environment.now
        let minimum = wanted.minimumValidity
        if let token = lifecycle.servableToken(at: now), minimum == .zero || token.remaining(at: now) >= minimum {
            let line = clients.answer(token, to: caller, at: now)
            guard caller.id == nil, minimum == .zero, let repeated = clients.repeatedToken else { return .reply(line) }
            return .repeatable(line, repeated)
        }
        if let lifetime = lifecycle.lastLifetime, minimum > lifetime {
            throw ErrorReply(minimum: minimum, exceeds: lifetime)
        }
        if let refusal { throw refusal }
        if minimum > .zero, lifecycle.token != nil {
            try demandRenewal(at: now)
        } else if lifecycle.nextDeadline?.isReached(at: now) == true {
            // The alarm may tell of a step of the wall clock only after this request.
            environment.agenda.wakeNow()
        }
        return try wait(for: .lasting(minimum), wanted.wait, caller)
    }

    func renew(_ wanted: RenewRequest, _ caller: Caller) throws(ErrorReply) -> Answer {
        try clients.admit(caller.client)
        let now = environment.now
        if let token = lifecycle.servableToken(at: now) {
            guard token.value == wanted.rejected else { return .reply(clients.answer(token, to: caller, at: now)) }
            perform(lifecycle.recordRejection(by: caller.peer.uid, at: now), at: now)
        }
        if let refusal { throw refusal }
        if lifecycle.token != nil { try demandRenewal(at: now) }
        return try wait(for: .other(than: wanted.rejected), wanted.wait, caller)
    }

    func watch(_ caller: Caller) throws(ErrorReply) -> Answer {
        try clients.admit(caller.client)
        let now = environment.now
        let (first, cancel) = clients.watch(lifecycle.servableToken(at: now), caller, at: now)
        return .watching(first: first ?? refusal?.line(id: caller.id), cancel: cancel)
    }

    /// The token for a unit whose credential systemd loads.
    ///
    /// - Parameter resume: called when there is a token, or after `limit`.
    /// - Returns: the token, or what cancels the wait.
    func credential(
        within limit: Duration, resume: @escaping (TokenWaiters.Outcome) -> Void
    ) throws(ErrorReply) -> (token: AccessToken?, cancel: () -> Void) {
        if let token = lifecycle.servableToken(at: environment.now) { return (token, {}) }
        if let refusal { throw refusal }
        guard !environment.jobs.isStopping else { throw .stopping }
        return (nil, clients.wait(limit, timeout: { [self] in unavailable() }, resume: resume))
    }

    /// The client credentials, for other hosts.
    func export() throws(ErrorReply) -> ClientCredentials {
        if let credentials { return credentials }
        throw refusal ?? unavailable("has no client credentials yet")
    }

    /// New client credentials, by force where there are some.
    func register(force: Bool, _ caller: Caller) throws(ErrorReply) -> Answer {
        if let unusable = records.unusable { throw ErrorReply(.registrationRefused, unusable.reason) }
        try RegistrationOrders.check(force: force, settings, hasCredentials: lifecycle.hasCredentials)
        let cancel = orders.add(for: self) { caller.deliver($0) }
        handle(.registrationForced)
        return .later(cancel: cancel)
    }

    /// Joins the exchange in flight or starts one on everybody's behalf.
    private func demandRenewal(at now: ClockReading) throws(ErrorReply) {
        guard !environment.jobs.isStopping else { throw .stopping }
        let (demand, actions) = lifecycle.demandRenewal(at: now)
        perform(actions, at: now)
        guard case .slowDown(let retryAfter) = demand else { return }
        throw ErrorReply(
            .slowDown, "clients caused a renewal of profile \(name) less than 30 s ago", retryAfter: retryAfter)
    }

    private func wait(for wish: TokenWaiters.Wish, _ limit: Duration, _ caller: Caller) throws(ErrorReply) -> Answer {
        guard !environment.jobs.isStopping else { throw .stopping }
        let error = { [self] in unavailable(TokenWaiters.lack(wish)) }
        guard limit > .zero else { throw error() }
        return .later(cancel: clients.wait(for: wish, limit, caller, timeout: error))
    }
}

extension ProfileSession: OrderedRegistration {
    var isRegistrationSent: Bool {
        guard case .registration = lifecycle.exchange?.kind else { return false }
        return environment.runner.waiting(name, at: environment.now) == nil
    }

    func withdrawRegistration() {
        guard !environment.jobs.isStopping else { return }
        if case .begun = lifecycle.forcedRegistration { environment.runner.cancelWaiting(name) }
        handle(.registrationWithdrawn)
    }

    func unavailable(_ lack: String = "has no token") -> ErrorReply {
        let now = environment.now
        return snapshot(at: now).unavailable(at: now, lack)
    }
}

// MARK: - Another configuration, other files

extension ProfileSession {
    /// Takes over settings with which the token goes on, and so do the credentials unless others are given.
    func update(_ new: ResolvedProfile) {
        let isExpectationNew = settings.registration?.expectedScopes != new.registration?.expectedScopes
        let areCredentialsNew = settings.isGivenOthers(by: new)
        settings = new
        clients.configure(new.access)
        if isExpectationNew, let missing = advice?.missingScopes { environment.journal.write(missing) }
        if areCredentialsNew {
            stopExchanges()
            lifecycle.renewal = new.renewal
            return handle(.credentialsChanged)
        }
        let now = environment.now
        let actions = lifecycle.reconfigure(
            renewal: new.renewal, origin: new.origin, at: now, random: .random(in: 0..<1))
        perform(actions, at: now)
    }

    /// Whether files that could not be read are worth another look, because that may pass.
    var mayLoadAgain: Bool { records.unusable?.isPassing == true }

    /// Whether a reload reads the files again because they could not be used. Not while what is known here is newer.
    var mustLoadAgain: Bool { records.unusable != nil && records.isDurable }

    /// Starts anew with other files. A token of the server, statement or credentials before is dropped.
    func replace(with new: LoadedProfile) {
        var loaded = new
        let hadToken = lifecycle.token != nil
        // One that was issued to what is read now goes on, in the store too: the files could not be used before, or the profile
        // is given the credentials that it had obtained itself.
        if let token = lifecycle.servableToken(at: environment.now),
            let fingerprint = keptToken.fingerprint(of: token),
            loaded.accepts(fingerprint: fingerprint, key: settings.key?.fileIdentifier)
        {
            loaded.token = token
        } else {
            keptToken.remove()
        }
        stopExchanges()
        var next = TokenLifecycle(loaded)
        next.continueGenerations(of: lifecycle)
        lifecycle = next
        settings = loaded.settings
        records = environment.records(of: loaded)
        clients.configure(settings.access)
        if loaded.token == nil, hadToken { clients.publish(unavailable()) }
        orders.end(with: ErrorReply(.temporarilyUnavailable, "a reload changed the profile meanwhile"))
        start()
    }

    /// Gives up what is under way.
    private func stopExchanges() {
        epoch = environment.runner.nextEpoch()
        environment.runner.cancelWaiting(name)
    }

    // MARK: The end

    /// The profile is no longer configured.
    func end() {
        let error = ErrorReply(.unknownProfile, "profile \(name) is no longer configured")
        keptToken.remove()
        stopExchanges()
        orders.end(with: error)
        clients.end(error)
    }

    /// The daemon stops: no request waits any longer, but for a registration that is in flight.
    func endWaiting() {
        clients.failWaiters(.stopping)
        if !isRegistering { orders.end(with: ErrorReply.stopping) }
    }
}
