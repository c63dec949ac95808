internal import BearerLoop
internal import BearerSystemd
internal import BearerUpstream
internal import CLinux
internal import Glibc
internal import Logging

/// The daemon as a whole: from the command line to its exit status.
package enum Daemon {
    /// Runs until SIGTERM or SIGINT, on the calling thread, which must be the only one of the process.
    package static func run(_ options: DaemonOptions) -> ExitStatus {
        SignalWatch.block(Shutdown.signals)
        let log = LogQueue(to: .detect())
        defer { log.flush() }
        let logger = Logger(label: "bearerd") { _ in QueueLogHandler(queue: log) }
        let journal = Journal(logger)
        let notifier = Notifier()
        defer { notifier.flush() }
        // Reads the time zone now: the loop that serves clients must not wait for a disk.
        tzset()
        return TaskThread().run { await run(options, log, journal, notifier) }
    }

    private static func run(
        _ options: DaemonOptions, _ log: LogQueue, _ journal: Journal, _ notifier: Notifier
    ) async -> ExitStatus {
        do {
            try await DaemonStart(options: options, log: log, journal: journal, notifier: notifier).run()
            notifier.status("stopped")
            return .success
        } catch let unsaved as UnsavedState {
            for profile in unsaved.profiles {
                journal.write(
                    .stateNotDurable,
                    "\(profile): not everything is on disk at the end: if its client credentials are not there, the next "
                        + "start registers anew, and viewers have to sign in again", [.profile: profile])
            }
            notifier.status("stopped; not on disk: \(unsaved.profiles.joined(separator: ", "))")
            return .inputOutput
        } catch let failure as StartFailure {
            journal.write(.startFailed, failure.message + remedy(for: failure))
            notifier.status("not started: \(failure.message)")
            return failure.status
        } catch {
            journal.write(.ended, "unexpected end: \(type(of: error)): \(error)")
            notifier.status("ended unexpectedly: \(type(of: error))")
            return .software
        }
    }

    /// The unit's sockets are stopped on exit 78; the service starts them again.
    private static func remedy(for failure: StartFailure) -> String {
        guard failure.status == .configuration, environment("NOTIFY_SOCKET") != nil else { return "" }
        return "\nWhen that is fixed: systemctl start bearerd"
    }
}

/// What the daemon has learned of some profiles is not on disk at its end.
struct UnsavedState: Error {
    let profiles: [String]
}

/// What keeps secrets inside of the process, done before anything else.
package enum ProcessHardening {
    /// No core file and no look from outside, no crash report with memory in it, no death by a client that left or by a
    /// limit on files.
    package static func apply() {
        _ = clinux_set_undumpable()
        // The runtime's own handlers print registers and the memory they point at.
        for signal in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { Glibc.signal(signal, SIG_DFL) }
        for signal in [SIGPIPE, SIGXFSZ] { Glibc.signal(signal, SIG_IGN) }
        clinux_fill_standard_descriptors()
        umask(0o077)
        CurlLibrary.wipeFreedMemory()
    }
}

/// How many descriptors this process may have: RLIMIT_NOFILE, see getrlimit(2).
enum DescriptorLimit {
    /// Up to what we may allow ourselves: the usual limit is for programs that use select(2), and below that of connections.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
