internal import BearerLoop
internal import Glibc

/// The end that SIGTERM or SIGINT asks for; a second one changes nothing. SIGHUP, which many take for a reload, is told what
/// to do instead.
///
/// The order: the broker hears of it within the same turn, so that nothing more is sent upstream; then those who wait for
/// ``requested()`` end what is theirs. Whatever still hangs after 5 s is left behind.
actor Shutdown {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// The signals that this is about, to be blocked before the process has threads.
    static let signals = [SIGTERM, SIGINT, SIGHUP]
    /// systemd is promised an end within 5 s; what is left of them is for the last log entries.
    static let limit = Duration.milliseconds(4_800)

    private let journal: Journal
    private let exit: @Sendable (ExitStatus) -> Void
    private var watch: SignalWatch?
    private var broker: BrokerHost?
    private var isRequested = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var pause: CheckedContinuation<Void, Never>?

    /// - Parameter exit: ends the process at once.
    init(on loop: ServingLoop, journal: Journal, exit: @escaping @Sendable (ExitStatus) -> Void) {
        self.loop = loop
        self.journal = journal
        self.exit = exit
    }

    /// - Throws: when the kernel has no descriptor or memory left for it.
    func watchSignals() throws(LoopError) {
        watch = try SignalWatch(Self.signals, on: loop) { signal in self.onLoop { $0.receive(signal) } }
    }

    /// From now on there is a broker that is to hear of the end first.
    func concerns(_ broker: BrokerHost) {
        self.broker = broker
        if isRequested { stopBroker() }
    }

    func receive(_ signal: CInt) {
        guard signal == SIGHUP else { return request() }
        journal.write(
            .hangupIgnored,
            "SIGHUP changes nothing; to have the configuration read anew: systemctl reload bearerd, or bearerctl reload"
        )
    }

    /// Waits until the end is asked for.
    func requested() async {
        await withCheckedContinuation { continuation in
            if isRequested { continuation.resume() } else { waiting.append(continuation) }
        }
    }

    /// Waits for `duration`, while the daemon starts.
    ///
    /// - Throws: ``Stopped`` when the end is asked for, at once.
    func pause(for duration: Duration) async throws(Stopped) {
        try check()
        loop.schedule(after: duration) { self.onLoop { $0.endPause() } }
        await withCheckedContinuation { pause = $0 }
        try check()
    }

    var isPausing: Bool { pause != nil }

    /// - Throws: ``Stopped`` when the end is asked for.
    func check() throws(Stopped) {
        if isRequested { throw Stopped() }
    }

    private func request() {
        guard !isRequested else { return }
        isRequested = true
        stopBroker()
        journal.write(.stopping, "stopping")
        loop.schedule(after: Self.limit) { self.onLoop { $0.cutShort() } }
        for continuation in waiting { continuation.resume() }
        waiting = []
        endPause()
    }

    /// Within the same turn: the broker lives on this actor's loop.
    private func stopBroker() {
        broker?.assumeIsolated { $0.stop() }
    }

    /// What the loop calls, it calls on this actor's thread, without being an actor. Elsewhere it is a fatal error.
    private nonisolated func onLoop(_ body: (isolated Shutdown) -> Void) {
        assumeIsolated(body)
    }

    private func endPause() {
        pause?.resume()
        pause = nil
    }

    /// A disk, a journal or systemd does not answer.
    private func cutShort() {
        let lost = broker?.assumeIsolated { $0.unfinishedProfiles } ?? []
        let what = lost.isEmpty ? "nothing is lost" : "not on disk: \(lost.joined(separator: ", "))"
        journal.write(.stopCutShort, "the end took 5 s and is not waited for any longer; \(what)")
        exit(lost.isEmpty ? .success : .inputOutput)
    }

    /// The daemon was asked to end before it had started.
    struct Stopped: Error {}
}
