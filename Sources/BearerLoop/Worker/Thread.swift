internal import CLinux
internal import Glibc

/// Threads of the daemon: detached, named, with a small stack, and with every signal blocked, so that a signal is a
/// matter of the thread that asked for it and a write to a closed pipe is EPIPE.
package enum Thread {
    /// Bytes. It is the same whatever `ulimit -s` says, and only what is used of it takes memory.
    static let stackSize = 512 << 10

    /// Starts a thread that runs `body`.
    ///
    /// - Parameter name: at most 15 bytes, what ps(1) and `/proc/<pid>/task/<tid>/comm` call it.
    /// - Returns: 0, or the error number of pthread_create(3): EAGAIN where the unit's TasksMax= is reached.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> CInt {
        precondition(name.utf8.count <= 15, "the kernel cuts the name of a thread at 15 bytes")
        let start = Unmanaged.passRetained(ThreadStart(name, body))
        let result = withEverySignalBlocked { create(start.toOpaque()) }
        if result != 0 { start.release() }
        return result
    }

    private static func create(_ argument: UnsafeMutableRawPointer) -> CInt {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        return pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                _ = clinux_name_thread(start.name)
                start.body()
                return nil
            }, argument)
    }

    /// A new thread has the signal mask of the one that makes it.
    private static func withEverySignalBlocked(_ body: () -> CInt) -> CInt {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}

private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// The thread on which tasks run: the one that calls ``run(_:)``, which is blocked as long as it has nothing to do.
///
/// Swift's own pool makes a thread for each processor as soon as one task runs there. A task that prefers this executor,
/// and all that it awaits or starts in task groups, runs here instead, where it does not belong to an actor with another
/// executor. `Task.sleep` and unstructured tasks would start the pool.
package final class TaskThread: TaskExecutor {
    private let jobs = Monitor<[UnownedJob]>([])

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.change { $0.append(job) }
    }

    /// Runs `body` as a task on the calling thread until it returns. What is enqueued later is not run.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let result = Monitor<Value?>(nil)
        Task(executorPreference: self) {
            let value = await body()
            result.change { $0 = value }
        }
        while true {
            for job in jobs.wait(for: Self.take) { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if let value = result.change({ $0 }) { return value }
        }
    }

    private static func take(_ jobs: inout [UnownedJob]) -> [UnownedJob]? {
        guard !jobs.isEmpty else { return nil }
        defer { jobs = [] }
        return jobs
    }
}
