internal import CLinux
internal import Glibc

/// Runs `body` on a new detached thread that has every signal blocked. False when none can be had (EAGAIN).
func startThread(named name: StaticString, _ body: @escaping @Sendable () -> Void) -> Bool {
    let start = Unmanaged.passRetained(
        ThreadBody {
            _ = clinux_name_thread(name.utf8Start)
            body()
        })
    var old = sigset_t()
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &old)
    defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, start.toOpaque())
    guard result == 0 else {
        start.release()
        return false
    }
    pthread_detach(thread)
    return true
}

private final class ThreadBody {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
