import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("The thread on which tasks run", .timeLimit(.minutes(1))) struct TaskThreadTests {
    @Test("a task, its children and what comes back from an actor elsewhere run on the thread that runs it")
    func everythingIsThere() async throws {
        let loop = try ServingLoop()
        let resident = OnLoop(loop)
        let (worker, other) = (Worker<BackgroundWork>("runs-tasks"), Worker<BackgroundWork>("is-awaited"))
        let threads = try await worker.run { () -> [Bool] in
            let thread = pthread_self()
            return TaskThread().run {
                var isThere = [pthread_self() == thread]
                isThere.append(await resident.isOnLoop)
                isThere.append(pthread_self() == thread)
                async let child = Self.isOn(thread)
                isThere.append(await child)
                isThere += await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<3 { group.addTask { await Self.isOn(thread) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                let value = try? await other.run { pthread_self() != thread }
                isThere.append(value == true && pthread_self() == thread)
                return isThere
            }
        }
        #expect(threads == Array(repeating: true, count: 8))
        await loop.stop()
    }

    @concurrent
    private static func isOn(_ thread: pthread_t) async -> Bool {
        await Task.yield()
        return pthread_self() == thread
    }

    @Test("it returns what the task returns, at once")
    func result() async throws {
        let worker = Worker<BackgroundWork>("runs-tasks")
        #expect(try await worker.run { TaskThread().run { 7 } } == 7)
    }
}

private actor OnLoop {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: ServingLoop) {
        self.loop = loop
    }

    var isOnLoop: Bool { loop.isCurrent }
}
