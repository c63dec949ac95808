package import BearerCore
internal import CLinux
internal import Glibc

/// Reads the two clocks of the machine.
package enum SystemClock {
    /// CLOCK_BOOTTIME and CLOCK_REALTIME, read one after the other; both come from the vDSO, without a system call.
    package static func now() -> ClockReading {
        ClockReading(boot: read(CLOCK_BOOTTIME), wall: read(CLOCK_REALTIME))
    }

    /// CLOCK_BOOTTIME alone.
    package static func boot() -> Duration { read(CLOCK_BOOTTIME) }

    /// CLOCK_REALTIME alone, since 1970.
    package static func wall() -> Duration { read(CLOCK_REALTIME) }

    /// A time by the wall clock as strftime(3) has it.
    ///
    /// - Parameters:
    ///   - time: since 1970.
    ///   - isLocal: in the host's time zone; else UTC.
    package static func text(_ time: Duration, _ format: String, isLocal: Bool = true) -> String {
        var seconds = time_t(time.components.seconds)
        var parts = tm()
        guard (isLocal ? localtime_r(&seconds, &parts) : gmtime_r(&seconds, &parts)) != nil else { return "\(seconds)" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = strftime(start, buffer.count, format, &parts)
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

/// Wakes at a time on CLOCK_BOOTTIME, which goes on in suspend, and whenever the wall clock is stepped. It lives on the
/// loop's thread.
///
/// The only thing in the daemon that waits for time to pass on behalf of a token.
package final class Alarm {
    private let loop: ServingLoop
    private let bootTimer: CInt
    private let wallTimer: CInt
    private var isStopped = false

    /// - Throws: when the kernel has no descriptor or memory left for us.
    package init(on loop: ServingLoop, onWake: @escaping () -> Void) throws(LoopError) {
        self.loop = loop
        bootTimer = clinux_boottime_timer()
        wallTimer = clinux_realtime_timer()
        do {
            try start(onWake)
        } catch {
            stop()
            throw error
        }
    }

    /// Sets the time of the next wake-up, on CLOCK_BOOTTIME; a time that is past wakes at once, `nil` disarms.
    package func set(_ boot: Duration?) {
        guard !isStopped else { return }
        guard let boot else {
            clinux_timer_arm(bootTimer, 0, 0, false)
            return
        }
        let time = max(boot, .nanoseconds(1)).components
        clinux_timer_arm(bootTimer, time.seconds, time.attoseconds / 1_000_000_000, false)
    }

    /// No wake-up comes after this.
    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        for timer in [bootTimer, wallTimer] where timer >= 0 {
            loop.forget(timer)
            close(timer)
        }
    }

    private func start(_ onWake: @escaping () -> Void) throws(LoopError) {
        for timer in [bootTimer, wallTimer] { _ = try LoopError.checked("timerfd_create", timer) }
        try loop.watch(bootTimer, for: .input) { [bootTimer] _ in
            drain(bootTimer)
            onWake()
        }
        try loop.watch(wallTimer, for: .input) { [wallTimer] _ in
            drain(wallTimer)
            Self.watchWallClock(wallTimer)
            onWake()
        }
        Self.watchWallClock(wallTimer)
    }

    /// Arms the wall-clock timer for a time that never comes, to notice a step: its read then says ECANCELED.
    private static func watchWallClock(_ timer: CInt) {
        clinux_timer_arm(timer, Int64.max >> 8, 0, true)
    }
}
