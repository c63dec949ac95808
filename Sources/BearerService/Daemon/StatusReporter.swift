internal import BearerCore
internal import BearerLoop
internal import BearerSystemd

/// Tells systemd how things stand: STATUS= whenever it changes, READY=1 once every profile has a token or is refused
/// or the wait for that is over, STOPPING=1 at the end.
struct StatusReporter: Sendable {
    let broker: BrokerHost
    let notifier: Notifier
    let journal: Journal
    /// `startup.wait`.
    let wait: Duration

    /// Returns when the broker is stopped.
    func run() async {
        let deadline = broker.services.identity.startedAt.boot + wait
        let notifier = notifier
        await broker.announceChange(after: max(.zero, deadline - SystemClock.boot()))
        if let interval = Watchdog.interval { await broker.every(interval) { notifier.alive() } }
        await tell(deadline: deadline)
        notifier.stopping()
        notifier.status("stopping")
    }

    private func tell(deadline: Duration) async {
        var isReady = false
        for await _ in broker.changes {
            let summary = await broker.summary()
            notifier.status(summary.text)
            guard !isReady, summary.isSettled || SystemClock.boot() >= deadline else { continue }
            isReady = true
            notifier.ready()
            announce(summary)
        }
    }

    private func announce(_ summary: DaemonSummary) {
        guard !summary.isSettled else { return journal.write(.ready, "ready: \(summary.text)") }
        let names = summary.unsettled.joined(separator: ", ")
        journal.write(.startupWaitOver, "ready without a token for \(names) after \(wait.text): \(summary.text)")
    }
}
