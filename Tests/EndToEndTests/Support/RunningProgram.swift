import Glibc
import Subprocess
import SystemPackage

/// A program that runs until it is stopped; its standard output and standard error are one transcript.
final class RunningProgram: Sendable {
    let pid: pid_t
    let transcript: Transcript
    private let ending: Task<TerminationStatus, any Error>

    private init(pid: pid_t, transcript: Transcript, ending: Task<TerminationStatus, any Error>) {
        self.pid = pid
        self.transcript = transcript
        self.ending = ending
    }

    static func start(
        _ path: String, _ arguments: [String], environment additions: [String: String] = [:]
    ) async throws -> RunningProgram {
        let transcript = Transcript()
        let (started, start) = AsyncStream.makeStream(of: pid_t.self)
        let ending = Task {
            defer {
                transcript.end()
                start.finish()
            }
            return try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments), environment: .exactly(additions),
                input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                start.yield(execution.processIdentifier.value)
                for try await line in execution.standardOutput.strings() { transcript.append(line) }
            }.terminationStatus
        }
        guard let pid = await started.first(where: { _ in true }) else {
            _ = try await ending.value
            throw HarnessError.ended(program: path, lines: transcript.lines)
        }
        return RunningProgram(pid: pid, transcript: transcript, ending: ending)
    }

    /// Does nothing once it has ended: the number may belong to another process.
    func signal(_ number: CInt) {
        if !transcript.hasEnded { kill(pid, number) }
    }

    /// Waits for the end.
    func end() async throws -> TerminationStatus {
        try await ending.value
    }
}

extension Environment {
    /// ``Programs/environment`` and `additions`.
    static func exactly(_ additions: [String: String]) -> Environment {
        let variables = Programs.environment.merging(additions) { $1 }
        return .custom(Dictionary(uniqueKeysWithValues: variables.map { (Key(stringLiteral: $0), $1) }))
    }
}
