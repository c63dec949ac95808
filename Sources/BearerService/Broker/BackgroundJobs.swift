internal import BearerCore
internal import BearerLoop

/// When the broker is to wake next: sets the alarm at the end of a turn in which something may have changed that. Lives on
/// the loop.
final class Agenda {
    private let loop: ServingLoop
    private let now: @Sendable () -> ClockReading
    private var alarm: Alarm?
    private var isChanged = false
    /// The next time, on CLOCK_BOOTTIME, at which something is due; `nil` for never.
    private var nextTime: (ClockReading) -> Duration? = { _ in nil }
    private var onWake: () -> Void = {}

    init(on loop: ServingLoop, now: @escaping @Sendable () -> ClockReading) {
        self.loop = loop
        self.now = now
    }

    /// Starts to wake.
    ///
    /// - Throws: when the kernel has no descriptor or memory left for timers.
    func start(
        nextTime: @escaping (ClockReading) -> Duration?, onWake: @escaping () -> Void
    ) throws(LoopError) {
        alarm = try Alarm(on: loop, onWake: onWake)
        self.nextTime = nextTime
        self.onWake = onWake
    }

    /// Something else may be due next.
    func changed() {
        guard !isChanged else { return }
        isChanged = true
        loop.schedule(after: .zero) { [self] in
            isChanged = false
            alarm?.set(nextTime(now()))
        }
    }

    /// Wakes before the alarm does.
    func wakeNow() {
        onWake()
    }

    func stop() {
        alarm?.stop()
        alarm = nil
        nextTime = { _ in nil }
        onWake = {}
    }
}

/// Work that takes time, and so happens beside what the loop does.
enum Job: Sendable {
    case exchange(ExchangeOrder)
    case reload
    /// Write again what could not be written.
    case persistUnsaved(profile: String)
    /// Write again what somebody has removed, of every profile.
    case restoreRemoved
    /// Read again what could not be read.
    case loadAgain(profile: String)
    /// Write the registration history again, by what the clocks say now.
    case persistHistory(profile: String)
    /// Write what is left of the budget.
    case persistBudget

    var isRegistration: Bool {
        guard case .exchange(let order) = self, case .registration = order.exchange.kind else { return false }
        return true
    }
}

/// The work that has begun, and what is to be tried again later. ``BrokerHost/run()`` does it. Lives on the loop.
final class BackgroundJobs {
    enum Order: Sendable {
        case begin(Job)
        /// Cancel everything but registrations, by now and from now on.
        case cancelOthers
        case cancelRegistrations
    }

    /// What could not be read, written or kept is tried again after this long.
    private static let retryInterval = Duration.seconds(30)
    /// A registration in flight when the daemon stops is given this long to come back and be saved: its credentials would
    /// be lost.
    private static let lastRegistration = Duration.seconds(4)

    /// Ends once everything has ended after ``stop()``.
    let orders: AsyncStream<Order>
    private let continuation: AsyncStream<Order>.Continuation
    private let loop: ServingLoop
    private let agenda: Agenda
    private let now: @Sendable () -> ClockReading
    /// Jobs that have begun and not ended.
    private var count = 0
    private(set) var isStopping = false
    /// When what could not be done is tried again, on CLOCK_BOOTTIME.
    private(set) var nextRetry: Duration?

    init(on loop: ServingLoop, _ agenda: Agenda, now: @escaping @Sendable () -> ClockReading) {
        self.loop = loop
        self.agenda = agenda
        self.now = now
        (orders, continuation) = AsyncStream.makeStream()
    }

    func begin(_ job: Job) {
        count += 1
        continuation.yield(.begin(job))
    }

    func ended() {
        count -= 1
        finishIfOver()
    }

    /// What could not be done is tried again in a while.
    func retryLater() {
        retry(at: now().boot + Self.retryInterval)
    }

    func retryNow() {
        retry(at: now().boot)
    }

    /// - Returns: whether it is time to try again; then it is up to the caller.
    func takeRetry(at now: Duration) -> Bool {
        guard let nextRetry, nextRetry <= now else { return false }
        self.nextRetry = nil
        return true
    }

    /// Gives up everything but registrations now, and those 4 s later.
    func stop() {
        isStopping = true
        nextRetry = nil
        continuation.yield(.cancelOthers)
        loop.schedule(after: Self.lastRegistration) { [continuation] in continuation.yield(.cancelRegistrations) }
        finishIfOver()
    }

    private func retry(at time: Duration) {
        nextRetry = min(nextRetry ?? time, time)
        agenda.changed()
    }

    private func finishIfOver() {
        if isStopping, count == 0 { continuation.finish() }
    }
}

extension BrokerHost {
    /// Does what takes time, until all of it has ended after ``stop()``.
    func run() async {
        let orders = broker.jobs.orders
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
        broker.ended()
    }

    private func carryOut(_ job: Job) async {
        await broker.carryOut(job)
    }
}
