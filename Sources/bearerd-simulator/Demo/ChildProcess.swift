internal import Dispatch
internal import Glibc

/// A process that we started.
struct ChildProcess: Sendable {
    let pid: pid_t
    /// Its wait status, see wait(2).
    private let end: Task<CInt, Never>

    /// SD_LISTEN_FDS_START
    private static let firstDescriptor: CInt = 3
    /// Beyond the numbers that the child is given.
    private static let spare: CInt = 128
    /// `LISTEN_PID=` must be the number of the process that is started, which execve(2) keeps.
    private static let command = ["/bin/sh", "-c", #"LISTEN_PID=$$ exec "$0" "$@""#]

    /// Starts `arguments[0]` with `descriptors` from number 3 on, in a process group of its own, so that Ctrl-C reaches us
    /// alone.
    ///
    /// - Parameters:
    ///   - output: takes its standard output and its errors.
    ///   - onEnd: called at its end.
    init(
        _ arguments: [String], environment: [String], descriptors: [CInt], output: CInt,
        onEnd: @escaping @Sendable () -> Void
    ) throws(DemoError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for target in [STDOUT_FILENO, STDERR_FILENO] { posix_spawn_file_actions_adddup2(&actions, output, target) }
        // Copies out of the way: a number that is wanted may be taken by another one.
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, Self.spare) }
        defer { for copy in copies { close(copy) } }
        for (number, copy) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, copy, Self.firstDescriptor + CInt(number))
        }
        pid = try Self.spawn(Self.command + arguments, environment, &actions)
        end = Task { [pid] in
            let status = await Self.waitForEnd(of: pid)
            onEnd()
            return status
        }
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], _ actions: inout posix_spawn_file_actions_t
    ) throws(DemoError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore some signals, which it would inherit.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw .system(arguments[0], code: code) }
        return pid
    }

    /// Waits on a thread of its own: the tasks' threads must not block.
    private static func waitForEnd(of pid: pid_t) async -> CInt {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wait").async {
                var status: CInt = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
    }

    /// Sends SIGTERM, after `patience` SIGKILL, and returns the wait status.
    func stop(patience: Duration) async -> CInt {
        kill(pid, SIGTERM)
        let limit = Task { [pid] in
            try await Task.sleep(for: patience)
            kill(pid, SIGKILL)
        }
        defer { limit.cancel() }
        return await end.value
    }
}
