internal import BearerLoop
internal import Glibc

/// The command that runs after each change of a token file: one at a time, for a limited time, and again until it succeeds.
///
/// It runs in a process group of its own, with nothing on its standard input. A change that comes while it runs lets it run
/// once more. Everything here happens on the thread of the loop.
final class ChangeCommand {
    /// How long it may take; then its process group gets SIGTERM and, after ``grace``, SIGKILL.
    static let limit = Duration.seconds(30)
    static let grace = Duration.seconds(2)
    /// After a failure it runs again: first after this long, then after twice as long each time, up to a minute.
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(60)

    private let arguments: [String]
    private let loop: ServingLoop
    /// The process that runs, which leads its process group.
    private var process: pid_t?
    private var hasTimedOut = false
    /// The file has changed since the command was started.
    private var isDue = false
    /// Ends the process, or begins the next try.
    private var timer: LoopTimer?
    private var pause = firstPause
    /// The journal says that it fails.
    private var isFailureReported = false
    private var onEnd: (() -> Void)?

    /// - Parameter arguments: the program, looked for in `$PATH`, and its arguments.
    init(_ arguments: [String], on loop: ServingLoop) {
        self.arguments = arguments
        self.loop = loop
    }

    /// The file has changed.
    func fileChanged() {
        isDue = true
        pause = Self.firstPause
        if process == nil { start() }
    }

    /// A child of this process has ended.
    func childEnded() {
        var information = siginfo_t()
        // Without taking it away: until then its number, and that of its group, are nobody else's.
        guard let process, waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
            information.si_signo == SIGCHLD
        else { return }
        if hasTimedOut || onEnd != nil { send(SIGKILL, to: process) }
        var status: CInt = 0
        waitpid(process, &status, 0)
        self.process = nil
        cancelTimer()
        if let onEnd { return onEnd() }
        finish(failure: failure(status))
    }

    /// Ends it; `body` is called when it has ended.
    func end(_ body: @escaping () -> Void) {
        cancelTimer()
        guard process != nil else { return body() }
        onEnd = body
        terminate()
    }

    private func start() {
        cancelTimer()
        isDue = false
        hasTimedOut = false
        switch Self.spawn(arguments) {
        case .success(let process):
            self.process = process
            timer = loop.schedule(after: Self.limit) { [self] in
                hasTimedOut = true
                terminate()
            }
        case .failure(let error): finish(failure: String(cString: strerror(error.code)))
        }
    }

    private func terminate() {
        guard let process else { return }
        send(SIGTERM, to: process)
        timer = loop.schedule(after: Self.grace) { [self] in send(SIGKILL, to: process) }
    }

    /// To its group, and to it by itself, since it may have left the group.
    private func send(_ signal: CInt, to process: pid_t) {
        kill(-process, signal)
        kill(process, signal)
    }

    private func finish(failure: String?) {
        if let failure {
            if !isFailureReported {
                StandardError.complain("\(arguments[0]): \(failure): it is run again until it succeeds")
            }
            isFailureReported = true
        } else if isFailureReported {
            StandardError.inform("\(arguments[0]): has succeeded")
            isFailureReported = false
        }
        if isDue { return start() }
        guard failure != nil else { return }
        timer = loop.schedule(after: pause) { [self] in start() }
        pause = min(pause * 2, Self.longestPause)
    }

    private func failure(_ status: CInt) -> String? {
        if hasTimedOut { return "not done after \(Self.limit.components.seconds) s, and ended" }
        // See wait(2): the low byte holds the signal, the next one the exit status.
        let (signal, code) = (status & 0x7f, status >> 8 & 0xff)
        if signal != 0 { return "ended by signal \(signal)" }
        return code == 0 ? nil : "exit status \(code)"
    }

    private func cancelTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}

extension ChangeCommand {
    private struct SpawnError: Error {
        let code: CInt
    }

    private static func spawn(_ arguments: [String]) -> Result<pid_t, SpawnError> {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that this process has blocked are the command's again.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        let pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let code = posix_spawnp(&process, arguments[0], &files, &attributes, pointers, environ)
        return code == 0 ? .success(process) : .failure(SpawnError(code: code))
    }
}
