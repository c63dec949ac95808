internal import ArgumentParser
internal import BearerProtocol
internal import Glibc

/// Why a command yields nothing: what is said on stderr, and the exit code by sysexits.h.
struct CommandError: Error, Equatable {
    let code: Int32
    let message: String

    /// EX_UNAVAILABLE: no daemon, or the connection was lost.
    static func unavailable(_ message: String) -> CommandError { CommandError(code: EX_UNAVAILABLE, message: message) }

    /// EX_SOFTWARE: what listens on the socket does not speak as bearerd does.
    static func unexpectedReply(_ message: String) -> CommandError { CommandError(code: EX_SOFTWARE, message: message) }
}

extension CommandError {
    init(_ reply: ErrorReply) {
        let code =
            switch reply.code {
            case .serverError: EX_SOFTWARE
            case .temporarilyUnavailable, .slowDown: EX_TEMPFAIL
            case .accessDenied: EX_NOPERM
            case .unknownProfile, .registrationRefused: EX_CONFIG
            case .invalidRequest, .requestTooLarge: EX_USAGE
            }
        let patience = reply.retryAfter.map { " (ask again in \($0.components.seconds) s)" } ?? ""
        self.init(code: code, message: "\(reply.code.rawValue): \(reply.description)\(patience)")
    }
}

/// Runs a command's work; an error goes to stderr, and ends the process with its code.
func reporting(_ body: () throws(CommandError) -> Void) throws {
    do {
        try body()
    } catch {
        StandardError.complain(error.message)
        throw ExitCode(error.code)
    }
}
