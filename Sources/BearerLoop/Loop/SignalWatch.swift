internal import CLinux
internal import Glibc

/// Signals as events of a loop, signalfd(2): what they cause happens on its thread like everything else.
package final class SignalWatch {
    private let loop: ServingLoop
    private let descriptor: CInt

    /// Keeps the signals from interrupting or ending the process. To be called before it has threads: each new one has
    /// the mask of its maker.
    package static func block(_ signals: [CInt]) {
        var set = Self.set(of: signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Whether the process was started with this signal ignored, see sigaction(2).
    package static func isIgnored(_ signal: CInt) -> Bool {
        clinux_is_ignored(signal) != 0
    }

    /// - Parameters:
    ///   - signals: blocked in every thread, see ``block(_:)``.
    ///   - onSignal: called on the loop's thread. Several of one signal may be reported as one.
    /// - Throws: when the kernel has no descriptor or memory left for us.
    package init(
        _ signals: [CInt], on loop: ServingLoop, onSignal: @escaping (CInt) -> Void
    ) throws(LoopError) {
        self.loop = loop
        var set = Self.set(of: signals)
        descriptor = clinux_signalfd(&set)
        _ = try LoopError.checked("signalfd", descriptor)
        try loop.watch(descriptor, for: .input) { [descriptor] _ in
            let signal = clinux_next_signal(descriptor)
            if signal > 0 { onSignal(signal) }
        }
    }

    /// No signal is reported after this; they stay blocked.
    package func stop() {
        loop.forget(descriptor)
        close(descriptor)
    }

    private static func set(of signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
