internal import Glibc

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
