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
