internal import BearerState

/// One thing that keeps the daemon from starting: a line that says what was found, where, what is expected, and what to do.
struct StartProblem: Error, Equatable, Sendable {
    let message: String
    /// How long after the start this may still pass, and is worth another try.
    var wait = Duration.zero
    /// Whether the start would really find this. A check may not see all that the daemon will.
    var isCertain = true
}

/// Why the daemon does not start: what is said, and how it exits.
package struct StartFailure: Error, Sendable {
    package let status: ExitStatus
    /// At least one.
    let problems: [StartProblem]

    init(_ status: ExitStatus, _ problems: [StartProblem]) {
        self.status = status
        self.problems = problems
    }

    init(_ status: ExitStatus, _ message: String) {
        self.init(status, [StartProblem(message: message)])
    }

    init(_ error: StateError) {
        self.init(ExitStatus(rawValue: error.exitCode) ?? .inputOutput, "\(error)")
    }

    /// One or more lines.
    package var message: String { problems.map(\.message).joined(separator: "\n") }

    /// How long after the start another try is worth it: only if that may fix all of them.
    var wait: Duration { problems.map(\.wait).min() ?? .zero }
}

extension [StartProblem] {
    /// - Throws: all of them, if there are any.
    func throwIfAny() throws(StartFailure) {
        if !isEmpty { throw StartFailure(.configuration, self) }
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
