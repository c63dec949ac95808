import Glibc
import Synchronization
import TestSupport
import Testing

@testable import BearerLoop

@Suite("A worker", .timeLimit(.minutes(1))) struct WorkerTests {
    let seen = Collected<Int>()
    let losses = Collected<Int>()
    /// The handler of the item 0 announces itself at `entered`, then waits at `gate`.
    let entered = Pipe()
    let gate = Pipe()

    private func makeWorker(capacity: Int) -> Worker<Int> {
        let (seen, losses, entered, gate) = (seen, losses, entered, gate)
        return Worker("worker", capacity: capacity) { item in
            if item == 0 {
                entered.signal()
                gate.wait()
            }
            seen.add(item)
        } reportLoss: {
            losses.add($0)
        }
    }

    @Test("items are handled in order")
    func order() {
        let worker = makeWorker(capacity: 1_000)
        for item in 1...1_000 { worker.submit(item) }
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == Array(1...1_000))
        #expect(losses.all.isEmpty)
    }

    @Test("what a full queue cannot take is lost, counted, and reported once the queue is empty")
    func overflow() {
        let worker = makeWorker(capacity: 4)
        worker.submit(0)
        entered.wait()
        let taken = (1...10).map { worker.submit($0) }
        #expect(taken == [true, true, true] + Array(repeating: false, count: 7))
        #expect(!worker.flush(within: .milliseconds(1)))
        gate.signal()
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == [0, 1, 2, 3])
        #expect(losses.all == [7])
        #expect(worker.submit(11))
        #expect(worker.flush(within: .seconds(60)))
        #expect(losses.all == [7])
    }

    @Test("an item takes the place of those that it makes obsolete")
    func replacing() {
        let worker = makeWorker(capacity: 3)
        worker.submit(0)
        entered.wait()
        worker.submit(1)
        for item in 2...100 { worker.submit(item, replacing: { $0 >= 2 }) }
        gate.signal()
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == [0, 1, 100])
        #expect(losses.all.isEmpty)
    }

    @Test("a worker that is released still handles what it has")
    func release() {
        let done = Pipe()
        var worker: Worker<Bool>? = Worker("released", capacity: 10) { isLast in
            if isLast { done.signal() }
        }
        worker?.submit(false)
        worker?.submit(true)
        worker = nil
        done.wait()
    }

    @Test("every item of many threads is handled or counted as lost")
    func manyThreads() async {
        let worker = makeWorker(capacity: 8)
        await withDiscardingTaskGroup { group in
            for task in 1...8 {
                group.addTask { for item in 0..<500 { worker.submit(task * 1_000 + item) } }
            }
        }
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all.count + losses.all.reduce(0, +) == 4_000)
        #expect(Set(seen.all).count == seen.all.count)
    }

    @Test("its thread has its name, a small stack, and every signal blocked")
    func thread() async throws {
        let worker = Worker<BackgroundWork>("fifteen-letters")
        let (name, stack, isBlocked) = try await worker.run {
            var set = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &set)
            let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE, SIGALRM]
            return (
                CurrentThread.name, CurrentThread.stackSize, signals.allSatisfy { sigismember(&set, $0) == 1 }
            )
        }
        #expect(name == "fifteen-letters")
        #expect(stack == Thread.stackSize)
        #expect(isBlocked)
    }

    @Test("its thread starts with the first item and ends after a while without any")
    func idle() async throws {
        let worker = Worker<BackgroundWork>("idle", idle: .milliseconds(20)) { $0() }
        #expect(!worker.hasThread)
        for _ in 0..<3 {
            let thread = try await worker.run { CurrentThread.path }
            while worker.hasThread || access(thread, F_OK) == 0 { await Task.yield() }
        }
    }

    @Test("however an item and the end of the thread meet, the item is handled", arguments: [0, 50, 300])
    func endAndSubmit(microseconds: Int) throws {
        let done = Pipe()
        let worker = Worker<Int>("restless", idle: .microseconds(microseconds)) { _ in done.signal() }
        var random = SeededGenerator(seed: UInt64(microseconds))
        for round in 0..<3_000 {
            #expect(worker.submit(round))
            try #require(done.wait(), "an item was left behind")
            spin(.microseconds(Int.random(in: 0...(2 * microseconds), using: &random)))
        }
        #expect(worker.flush(within: .seconds(60)))
    }

    @Test("an item for which no thread can be had is lost and counted; the next one that has a thread reports it")
    func noThread() async throws {
        let (seen, losses, canStart) = (seen, losses, Flag())
        let worker = Worker<Int>("unborn", idle: .seconds(5), { seen.add($0) }, { losses.add($0) }) { name, body in
            canStart.isSet ? Thread.start(name, body) : EAGAIN
        }
        #expect(!worker.submit(1) && !worker.submit(2))
        #expect(!worker.flush(within: .milliseconds(1)))
        canStart.set()
        #expect(worker.submit(3))
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == [3])
        #expect(losses.all == [2])
    }

    @Test("losses are reported by a flush when no item comes any more")
    func lossesAtTheEnd() {
        let (losses, canStart) = (losses, Flag())
        let worker = Worker<Int>("unborn", idle: .seconds(5), { _ in }, { losses.add($0) }) { name, body in
            canStart.isSet ? Thread.start(name, body) : EAGAIN
        }
        #expect(!worker.submit(1))
        canStart.set()
        #expect(worker.flush(within: .seconds(60)))
        #expect(losses.all == [1])
    }

    @Test("a call for which no thread can be had is an error, and is not made")
    func runWithoutThread() async {
        let worker = Worker<BackgroundWork>("unborn", idle: .seconds(5), { $0() }, { _ in }) { _, _ in EAGAIN }
        await #expect(throws: LoopError(call: "pthread_create", code: EAGAIN)) {
            try await worker.run { Issue.record("it was made") }
        }
    }

    private func spin(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {}
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
