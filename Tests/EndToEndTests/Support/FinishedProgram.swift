import Glibc
import Subprocess
import SystemPackage

/// What came of a program that ran to its end.
struct FinishedProgram {
    /// The exit status; 128 and the signal of one that was killed.
    let status: CInt
    let output: String
    let errors: String

    /// - Parameter user: runs as this user and its group of the same number, with no other group.
    static func run(
        _ path: String, _ arguments: [String], input: String = "", environment additions: [String: String] = [:],
        user: UInt32? = nil
    ) async throws -> FinishedProgram {
        // A program that changes the user, and not a fork of this process, whose other threads' locks it would inherit.
        let command =
            user.map { ["/usr/bin/setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups", path] } ?? [path]
        let result = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(command.dropFirst() + arguments),
            environment: .exactly(additions), input: .string(input), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        let status =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return FinishedProgram(status: status, output: result.standardOutput, errors: result.standardError)
    }
}
