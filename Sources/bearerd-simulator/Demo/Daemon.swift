internal import Glibc
internal import Subprocess
internal import SystemPackage

/// The real bearerd, for the time of a tour; its log lines are shown as they come.
struct Daemon {
    let path: String
    let files: DemoFiles

    /// What a service manager around us may have set, and which would win over the flags.
    private static let managersVariables: [Environment.Key: String?] = [
        "STATE_DIRECTORY": nil, "CREDENTIALS_DIRECTORY": nil, "NOTIFY_SOCKET": nil, "LISTEN_PID": nil,
        "LISTEN_FDS": nil, "LISTEN_FDNAMES": nil, "WATCHDOG_USEC": nil, "WATCHDOG_PID": nil, "JOURNAL_STREAM": nil,
    ]

    /// How long it may take to end after SIGTERM before it is killed.
    private static let patience = Duration.seconds(8)

    /// Runs `body` while the daemon runs, then ends the daemon with SIGTERM and waits for it.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let arguments = [
            "--config", files.configuration, "--socket", files.socket, "--state-directory", files.stateDirectory,
        ]
        say("$ bearerd \(arguments.joined(separator: " "))")
        var options = PlatformOptions()
        // A group of its own, so that Ctrl-C reaches us and not the daemon.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.patience)]
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .inherit.updating(Self.managersVariables), platformOptions: options, input: .none,
            output: .sequence, error: .combinedWithOutput
        ) { execution in
            let end = { await execution.teardown(using: options.teardownSequence) }
            try await Self.accompany(execution.standardOutput, body, end: end)
        }
        say("bearerd has ended: \(result.terminationStatus).")
    }

    private enum Finished {
        case output, body
    }

    /// Shows the lines while `body` runs, then ends the daemon. An output that ends first means that the daemon has ended.
    private static func accompany(
        _ output: SubprocessOutputSequence,
        _ body: @escaping @Sendable () async throws -> Void,
        end: () async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Finished.self) { group in
            group.addTask {
                for try await line in output.strings() { say("bearerd   | \(line)") }
                return .output
            }
            group.addTask {
                try await body()
                return .body
            }
            let first = await group.nextResult()
            await end()
            if try first?.get() == .output { throw DemoError.daemonEnded }
            _ = try await group.next()
        }
    }
}

/// The executables that lie beside this one.
struct Programs {
    let bearerd: String
    /// Nil if it is not there.
    let bearerctl: String?

    static func beside() throws(DemoError) -> Programs {
        let directory = try ownDirectory()
        guard isExecutable(directory + "/bearerd") else { throw .noDaemon(directory: directory) }
        let client = directory + "/bearerctl"
        return Programs(bearerd: directory + "/bearerd", bearerctl: isExecutable(client) ? client : nil)
    }

    private static func ownDirectory() throws(DemoError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw .system("/proc/self/exe", code: errno) }
        let path = String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }
}
