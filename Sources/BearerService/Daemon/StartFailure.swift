internal import BearerState

/// Why the daemon does not start: what is said, and how it exits.
package struct StartFailure: Error, Sendable {
    package let status: ExitStatus
    /// One or more lines that say what was found, where, and what is expected.
    package let message: String
    /// How long after the start this may still mend itself, and is worth another try.
    let wait: Duration

    init(_ status: ExitStatus, _ message: String, wait: Duration = .zero) {
        self.status = status
        self.message = message
        self.wait = wait
    }

    init(_ error: StateError) {
        self.init(ExitStatus(rawValue: error.exitCode) ?? .inputOutput, "\(error)")
    }
}
