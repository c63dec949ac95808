internal import BearerSystemd
internal import Logging

/// The daemon as a whole: from the command line to its exit status.
package enum Daemon {
    /// Runs until SIGTERM or SIGINT.
    package static func run(_ options: DaemonOptions) async -> ExitStatus {
        let log = LogQueue(to: .detect())
        defer { log.flush() }
        let logger = Logger(label: "bearerd") { _ in QueueLogHandler(queue: log) }
        let journal = Journal(logger)
        do {
            try await DaemonStart(options: options, log: log, journal: journal).run()
            return .success
        } catch let failure as StartFailure {
            journal.write(.startFailed, failure.message)
            return failure.status
        } catch {
            journal.write(.startFailed, "unexpected end: \(type(of: error)): \(error)")
            return .software
        }
    }
}
