internal import BearerCore
internal import BearerSystemd
internal import Glibc

/// What another program prints, for a check: nothing that serves clients waits for one.
enum CommandOutput {
    /// Far more than any unit's text or credential has.
    private static let limit = 1 << 20

    /// Runs a program of `$PATH` without input, its errors thrown away.
    ///
    /// - Returns: its standard output; `nil` when it cannot be run, fails, or prints more than 1 MiB.
    static func of(_ arguments: String...) -> Secret? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let child = spawn(arguments, output: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard let child else { return nil }
        let outcome = SecretReader.read(ends[0], limit: limit)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0, case .contents(let output) = outcome else { return nil }
        return output
    }

    private static func spawn(_ arguments: [String], output: CInt) -> pid_t? {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        return posix_spawnp(&child, arguments[0], &files, nil, pointers, environ) == 0 ? child : nil
    }
}
