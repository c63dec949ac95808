internal import ArgumentParser
internal import BearerClient
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
    init(_ error: BearerError) {
        let code =
            switch error {
            case .refused(let code, _, _): Self.exitCode(for: code)
            case .permissionDenied: EX_NOPERM
            case .unavailable, .connectionLost, .timedOut, .cancelled: EX_UNAVAILABLE
            case .unexpectedReply: EX_SOFTWARE
            }
        self.init(code: code, message: error.description)
    }

    private static func exitCode(for code: BearerError.Code) -> Int32 {
        switch code {
        case .serverError: EX_SOFTWARE
        case .temporarilyUnavailable, .slowDown: EX_TEMPFAIL
        case .accessDenied: EX_NOPERM
        case .unknownProfile, .registrationRefused: EX_CONFIG
        case .invalidRequest, .requestTooLarge: EX_USAGE
        }
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
