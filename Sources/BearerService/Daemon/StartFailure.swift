internal import BearerState

/// Why the daemon does not start: what is said, and how it exits.
package struct StartFailure: Error, Sendable {
    package let status: ExitStatus
    /// One or more lines that say what was found, where, and what is expected.
    package let message: String
    /// How long after the start this may still pass, and is worth another try.
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

/// What the daemon exits with, by the names of sysexits.h.
package enum ExitStatus: Int32, Error, Sendable {
    case success = 0
    /// EX_USAGE
    case usage = 64
    /// EX_SOFTWARE
    case software = 70
    /// EX_CANTCREAT: the state directory cannot be made.
    case cannotCreate = 73
    /// EX_IOERR: the state directory cannot be used.
    case inputOutput = 74
    /// EX_TEMPFAIL: another daemon runs on the same state directory.
    case temporaryFailure = 75
    /// EX_CONFIG: what only this host can fix; the unit does not restart on it.
    case configuration = 78
}
