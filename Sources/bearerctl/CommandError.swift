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

/// stdout: the answer, and nothing else.
enum StandardOutput {
    /// Writes bytes and a line ending, and hands them on at once.
    static func writeLine(_ bytes: some Sequence<UInt8>) {
        writeAll(Array(bytes) + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    static func writeLine(_ text: String) {
        writeLine(text.utf8)
    }
}

/// stderr: what went wrong.
enum StandardError {
    static func complain(_ message: String) {
        writeAll(Array("bearerctl: \(message)\n".utf8), to: STDERR_FILENO)
    }
}

/// A reader that is gone ends the process by SIGPIPE, as it does with other tools.
private func writeAll(_ bytes: [UInt8], to descriptor: CInt) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
