internal import Glibc
internal import Synchronization

/// What systemd is to bearerd: holds its listening socket and its stored descriptors, and hands them to each daemon that it
/// starts. See sd_listen_fds(3) and sd_pid_notify_with_fds(3).
final class ServiceManager: Sendable {
    private struct State {
        var store = DescriptorStore()
        var process: ChildProcess?
        /// Gets an element at READY=1, and ends with the process.
        var ready: AsyncStream<Void>.Continuation?
    }

    private let files: DemoFiles
    private let command: [String]
    private let listener: CInt
    private let journal: CInt
    private let notify: NotifySocket
    private let state: SharedState
    /// Has an element once a daemon ends that was not stopped.
    let failures: AsyncStream<Void>
    private let failure: AsyncStream<Void>.Continuation

    /// What the callbacks have of us.
    private final class SharedState: Sendable {
        let value = Mutex(State())
    }

    /// How long it may take to end after SIGTERM before it is killed.
    private static let patience = Duration.seconds(8)
    private static let unit = "bearerd.socket"

    init(_ files: DemoFiles, bearerd: String) throws(DemoError) {
        let state = SharedState()
        (self.files, self.state) = (files, state)
        command = [
            bearerd, "--config", files.configuration, "--socket", files.socket, "--state-directory",
            files.stateDirectory,
        ]
        (failures, failure) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        journal = open(files.journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard journal >= 0 else { throw .system(files.journal, code: errno) }
        listener = try boundSocket(SOCK_STREAM, at: files.socket)
        guard listen(listener, SOMAXCONN) == 0 else { throw .system(files.socket, code: errno) }
        notify = try NotifySocket(path: files.notifySocket) { message in
            state.value.withLock { state in
                state.store.carryOut(message)
                if message["READY"] != nil { state.ready?.yield() }
            }
        }
    }

    deinit {
        for entry in state.value.withLock({ $0.store.entries }) { close(entry.descriptor) }
        close(listener)
        close(journal)
    }

    var pid: pid_t? { state.value.withLock { $0.process?.pid } }

    /// Starts the daemon and returns when it is ready.
    func start() async throws {
        let (ready, signal) = AsyncStream<Void>.makeStream()
        let stored = state.value.withLock { state in
            state.ready = signal
            return state.store.entries
        }
        let process = try ChildProcess(
            command, environment: environment([Self.unit] + stored.map(\.name)),
            descriptors: [listener] + stored.map(\.descriptor), output: journal
        ) { [state, failure] in
            signal.finish()
            if state.value.withLock({ $0.process != nil }) { failure.yield() }
        }
        state.value.withLock { $0.process = process }
        for await _ in ready { return }
        try Task.checkCancellation()
        throw DemoError.daemonEnded
    }

    /// Ends the daemon, and keeps what it stored.
    func stop() async throws {
        let process = state.value.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        let status = await process.stop(patience: Self.patience)
        notify.drain()
        guard status == 0 else { throw DemoError.daemonEnded }
    }

    /// Nothing of what a service manager around us may have set.
    private func environment(_ names: [String]) -> [String] {
        let inherited = ["PATH", "LD_LIBRARY_PATH", "TZ"].compactMap { (name: String) -> String? in
            guard let value = getenv(name) else { return nil }
            return "\(name)=\(String(cString: value))"
        }
        return inherited + [
            "NOTIFY_SOCKET=\(files.notifySocket)", "LISTEN_FDS=\(names.count)",
            "LISTEN_FDNAMES=\(names.joined(separator: ":"))",
        ]
    }
}
