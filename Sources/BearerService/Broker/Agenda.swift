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

/// Says that the daemon's status may have changed. Lives on the loop.
final class StatusSignal {
    /// An element whenever what ``Broker/summary()`` says may have changed.
    let changes: AsyncStream<Void>

    private let loop: ServingLoop
    private let continuation: AsyncStream<Void>.Continuation
    private var isChangeDue = false
    /// Goes off when the status that was shown last is no longer true.
    private var aging: LoopTimer?

    init(on loop: ServingLoop) {
        self.loop = loop
        (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func changed() {
        continuation.yield()
    }

    /// Clients come and go by the thousand: what is said of them is brought up to date five times a second.
    func connectionsChanged() {
        guard !isChangeDue else { return }
        isChangeDue = true
        loop.schedule(after: .milliseconds(200)) { [self] in
            isChangeDue = false
            changed()
        }
    }

    /// What is shown now changes by itself after `age`; `nil` for never.
    func ages(after age: Duration?) {
        if let aging { loop.cancel(aging) }
        aging = age.map { age in loop.schedule(after: age) { [self] in changed() } }
    }

    func finish() {
        continuation.finish()
    }
}
