internal import Glibc

/// Runs `body` on a new detached thread that has every signal blocked: signals are the program's own concern.
///
/// - Returns: 0, or the error number when no thread can be had.
func startThread(_ body: @escaping @Sendable () -> Void) -> CInt {
    let start = Unmanaged.passRetained(ThreadBody(body))
    var usual = sigset_t()
    var none = sigset_t()
    sigfillset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &usual)
    defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, start.toOpaque())
    if result == 0 { pthread_detach(thread) } else { start.release() }
    return result
}

private final class ThreadBody {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
