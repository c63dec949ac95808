internal import ArgumentParser
internal import BearerClient
internal import Glibc

/// Why a command yields nothing: what is said on stderr, and the exit code by sysexits.h.
struct CommandError: Error, Equatable {
    let code: Int32
    let message: String

    /// EX_UNAVAILABLE: no daemon, or the connection was lost.
    static func unavailable(_ message: String) -> CommandError { CommandError(code: EX_UNAVAILABLE, message: message) }

    /// EX_CANTCREAT: the token file cannot be written.
    static func cannotCreate(_ error: TokenFileError) -> CommandError {
        CommandError(code: EX_CANTCREAT, message: error.description)
    }

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
        var message = error.description
        if case .permissionDenied(let socket, _) = error, let remedy = SocketDenial.remedy(socket) {
            message += " \(remedy)"
        }
        self.init(code: code, message: message)
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

/// A command whose errors are reported.
protocol ReportingCommand: ParsableCommand {
    /// The command's work.
    func perform() throws(CommandError)
}

extension ReportingCommand {
    func run() throws { try reporting(perform) }
}

/// Does a command's work; an error goes to stderr, and ends the process with its code.
func reporting(_ work: () throws(CommandError) -> Void) throws {
    do {
        try work()
    } catch {
        StandardError.complain(error.message)
        throw ExitCode(error.code)
    }
}

/// stdout: the answer, and nothing else.
enum StandardOutput {
    /// Writes bytes and a line ending, and hands them on at once. An answer that cannot be written ends the process with
    /// EX_IOERR.
    static func writeLine(_ bytes: some Sequence<UInt8>) {
        let failure = writeAll(Array(bytes) + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
        guard failure != 0 else { return }
        StandardError.complain("standard output: \(String(cString: strerror(failure)))")
        exit(EX_IOERR)
    }

    static func writeLine(_ text: String) {
        writeLine(text.utf8)
    }
}

/// stderr: what went wrong. Where it is the journal, with the priority in front, see sd-daemon(3).
enum StandardError {
    static func complain(_ message: String) { write(message, priority: LOG_WARNING) }

    static func inform(_ message: String) { write(message, priority: LOG_INFO) }

    private static func write(_ message: String, priority: CInt) {
        let prefix = isInJournal ? "<\(priority)>" : "bearerctl: "
        _ = writeAll(Array("\(prefix)\(message)\n".utf8), to: STDERR_FILENO)
    }

    private static let isInJournal = isJournal(STDERR_FILENO)
}

/// Whether what is written there ends up in the journal: `$JOURNAL_STREAM` names its device and inode, see systemd.exec(5).
func isJournal(_ descriptor: CInt) -> Bool {
    var status = stat()
    guard let stream = getenv("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else { return false }
    return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
}

/// A reader that is gone ends the process by SIGPIPE, as it does with other tools.
///
/// - Returns: 0, or the error number.
private func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> CInt {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : ENOSPC }
        rest = rest.dropFirst(count)
    }
    return 0
}
