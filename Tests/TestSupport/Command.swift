internal import Glibc

/// Another process: run to its end, or held until the test ends it.
package final class Command: Sendable {
    package let pid: Int32
    private let input: Int32
    private let output: Int32

    /// Starts `arguments[0]` by its path; `nil` when it cannot be started.
    package init?(_ arguments: [String]) {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { return nil }
        for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO)
        var argv = arguments.map { strdup($0) } + [nil]
        var pid = pid_t()
        let result = posix_spawn(&pid, arguments[0], &actions, nil, &argv, environ)
        argv.forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
        close(toChild[0])
        close(fromChild[1])
        (self.pid, input, output) = (pid, toChild[1], fromChild[0])
        guard result == 0 else { return nil }
    }

    deinit {
        close(input)
        close(output)
    }

    /// Waits for the first bytes that the process writes; empty when it ends without.
    package func firstOutput() -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(output, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// Waits for the end; the exit status, or 128 and the signal.
    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    package func end() {
        kill(pid, SIGKILL)
        wait()
    }

    /// Runs a process to its end; its exit status, 127 when it cannot be started.
    @discardableResult
    package static func run(_ arguments: String...) -> Int32 {
        Command(arguments)?.wait() ?? 127
    }
}
