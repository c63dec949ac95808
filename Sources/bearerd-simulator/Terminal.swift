internal import Dispatch
internal import Glibc

/// SIGINT, SIGTERM or SIGHUP, from its creation on: the process is no longer ended by them.
final class Interrupt: Sendable {
    private let signals: AsyncStream<Void>

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        signals = stream
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            // The handler keeps its own source alive, for as long as the process lives.
            source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield() } }
            source.resume()
        }
        // A reader of our output that goes away must not keep us from cleaning up.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Returns at the first signal since the creation, or when the task is cancelled.
    func wait() async {
        for await _ in signals { return }
    }
}

/// Writes a line to standard output at once, whether that is a terminal or a pipe; a reader that is gone is no error.
func say(_ line: String) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}
