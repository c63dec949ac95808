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
