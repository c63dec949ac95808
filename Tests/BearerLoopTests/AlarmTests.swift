import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("Alarm", .serialized, .timeLimit(.minutes(1))) struct AlarmTests {
    /// Runs `body` with an alarm and what it wakes.
    private func withAlarm(_ body: (AlarmOnLoop, AsyncStream<Void>) async throws -> Void) async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        let loop = try ServingLoop()
        let alarm = try await AlarmOnLoop(loop) { wake.yield() }
        try await body(alarm, wakes)
        await alarm.stop()
        await loop.stop()
        wake.finish()
    }

    private var now: Duration { SystemClock.boot() }

    @Test("it wakes at its time, not before")
    func time() async throws {
        try await withAlarm { alarm, wakes in
            let time = now + .milliseconds(80)
            await alarm.set(time)
            await wakes.next()
            #expect(now >= time)
        }
    }

    @Test(
        "a time that is past wakes at once, also zero and negative ones",
        arguments: [
            Duration.zero, .seconds(-5), .nanoseconds(1), .seconds(1),
        ])
    func past(time: Duration) async throws {
        try await withAlarm { alarm, wakes in
            for _ in 0..<3 {
                await alarm.set(time)
                await wakes.next()
            }
        }
    }

    @Test("the last time that was set counts, whether it is sooner or later")
    func rearmed() async throws {
        try await withAlarm { alarm, wakes in
            let soon = now + .milliseconds(50)
            await alarm.set(now + .seconds(3600), soon)
            await wakes.next()
            #expect(now >= soon)
            let later = now + .milliseconds(200)
            await alarm.set(soon, later)
            await wakes.next()
            #expect(now >= later)
        }
    }

    @Test("disarmed it does not wake; armed again it does")
    func disarmed() async throws {
        try await withAlarm { alarm, wakes in
            let later = now + .milliseconds(200)
            await alarm.set(.zero, nil, later)
            await wakes.next()
            #expect(now >= later)
        }
    }

    @Test("stopped it does not wake")
    func stop() async throws {
        try await withAlarm { alarm, wakes in
            let other = try await AlarmOnLoop(alarm.loop) { Issue.record("it woke") }
            await other.setAndStop(.zero)
            await alarm.set(.zero)
            await wakes.next()
        }
    }

    @Test("a step of the wall clock wakes it", .enabled(if: mayStepClock, "needs CAP_SYS_TIME"))
    func step() async throws {
        try await withAlarm { alarm, wakes in
            await alarm.set(now + .seconds(3600))
            for _ in 0..<3 {
                // Setting the clock to what it shows is a step, of microseconds.
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                #expect(clock_settime(CLOCK_REALTIME, &time) == 0)
                await wakes.next()
            }
        }
    }

    /// Whether this process has CAP_SYS_TIME, bit 25 of the effective capabilities.
    private static var mayStepClock: Bool {
        let lines = (try? Files.text("/proc/self/status"))?.split(separator: "\n") ?? []
        let set = lines.first { $0.hasPrefix("CapEff:") }?.split(separator: "\t").last
        return set.flatMap { UInt64($0, radix: 16) }.map { $0 & (1 << 25) != 0 } ?? false
    }
}

/// An alarm that is touched on its loop only.
private actor AlarmOnLoop {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var alarm: Alarm?

    init(_ loop: ServingLoop, onWake: @escaping @Sendable () -> Void) async throws {
        self.loop = loop
        alarm = try Alarm(on: loop, onWake: onWake)
    }

    /// Sets one time after the other within a turn of the loop, so that none but the last can wake it.
    func set(_ times: Duration?...) {
        for boot in times { alarm?.set(boot) }
    }

    func setAndStop(_ boot: Duration) {
        alarm?.set(boot)
        alarm?.stop()
    }

    func stop() {
        alarm?.stop()
    }
}

extension AsyncStream<Void> {
    /// Waits for the next element.
    fileprivate func next() async {
        for await _ in self { return }
    }
}
