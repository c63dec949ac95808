import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("The serving loop", .timeLimit(.minutes(1))) struct ServingLoopTests {
    @Test("a descriptor that is ready is reported, on the loop's thread, as often as it is")
    func readiness() async throws {
        try await TestLoop.run { test in
            let (pipe, told) = (Pipe(), AsyncStream.makeStream(of: Bool.self))
            try await test.perform { loop in
                try loop.watch(pipe.output, for: .input) { [unowned loop] events in
                    pipe.wait()
                    told.continuation.yield(events == .input && loop.isCurrent)
                }
            }
            for _ in 0..<3 {
                pipe.signal()
                for await isRight in told.stream.prefix(1) { #expect(isRight) }
            }
            try await test.perform { $0.forget(pipe.output) }
            pipe.signal()
            try await test.turns()
            #expect(isReadable(pipe.output))
        }
    }

    @Test("a hang-up is reported though nothing is watched for")
    func hangUp() async throws {
        try await TestLoop.run { test in
            let (ours, theirs) = try socketPair()
            let told = AsyncStream.makeStream(of: Readiness.self)
            try await test.perform { loop in
                try loop.watch(ours, for: []) { [unowned loop] events in
                    loop.forget(ours)
                    told.continuation.yield(events)
                }
            }
            close(theirs)
            for await events in told.stream.prefix(1) { #expect(events.contains(.hangUp)) }
            close(ours)
        }
    }

    @Test("an event of this turn does not reach the new owner of the descriptor's number")
    func reusedNumber() async throws {
        try await TestLoop.run { test in
            let (first, second, newcomer) = (Pipe(), Pipe(), Pipe())
            let told = Collected<String>()
            let number = dup(second.output)
            try await test.perform { loop in
                try loop.watch(number, for: .input) { _ in told.add("old") }
                try loop.watch(first.output, for: .input) { [unowned loop] _ in
                    first.wait()
                    loop.forget(number)
                    // The number is closed and given to another, which has nothing to read.
                    dup2(newcomer.output, number)
                    do {
                        try loop.watch(number, for: .input) { _ in
                            newcomer.wait()
                            told.add("new")
                        }
                    } catch {
                        Issue.record(error)
                    }
                    told.add("first")
                }
            }
            try await test.duringOneTurn {
                first.signal()
                second.signal()
            }
            try await test.turns()
            #expect(told.all == ["first"])
            newcomer.signal()
            try await test.turns()
            #expect(told.all == ["first", "new"])
            close(number)
        }
    }

    @Test("what cannot be watched is an error, and leaves nothing behind")
    func unwatchable() async throws {
        try await TestLoop.run { test in
            let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
            let pipe = Pipe()
            await #expect(throws: LoopError(call: "epoll_ctl", code: EPERM)) {
                try await test.perform { try $0.watch(file, for: .input) { _ in Issue.record("a file is ready") } }
            }
            // Nobody is watched under this number: a change is none.
            try await test.perform { try $0.change(file, to: .output) }
            dup2(pipe.output, file)
            let told = AsyncStream.makeStream(of: Void.self)
            try await test.perform { try $0.watch(file, for: .input) { _ in told.continuation.yield() } }
            pipe.signal()
            for await _ in told.stream.prefix(1) {}
            try await test.perform { $0.forget(file) }
            close(file)
        }
    }

    @Test("a change that the kernel refuses is an error")
    func refusedChange() async throws {
        try await TestLoop.run { test in
            let pipe = Pipe()
            let number = dup(pipe.output)
            try await test.perform { try $0.watch(number, for: .input) { _ in } }
            close(number)
            let error = await #expect(throws: LoopError.self) {
                try await test.perform { try $0.change(number, to: []) }
            }
            // Another test may have been given the number meanwhile.
            #expect([EBADF, ENOENT].map { LoopError(call: "epoll_ctl", code: $0) }.contains(error))
        }
    }

    @Test("many threads hand over work at once: all of it happens, in the order of each thread")
    func otherThreads() async throws {
        try await TestLoop.run { test in
            let seen = Collected<(Int, Int)>()
            let workers = (0..<4).map { _ in Worker<BackgroundWork>("hands-over") }
            for (thread, worker) in workers.enumerated() {
                worker.submit({ [loop = test.loop] in
                    for number in 0..<2_000 { loop.execute { seen.add((thread, number)) } }
                })
            }
            for worker in workers { #expect(worker.flush(within: .seconds(30))) }
            try await test.turns()
            for thread in workers.indices {
                #expect(seen.all.filter { $0.0 == thread }.map(\.1) == Array(0..<2_000))
            }
        }
    }

    @Test("a callback that another thread calls runs on the loop's thread, and what it holds is released there")
    func callback() async throws {
        try await TestLoop.run { test in
            let seen = Collected<String>()
            let callback = try await test.perform { loop in
                let held = Releasing { seen.add("released, on the loop: \(loop.isCurrent)") }
                return loop.callback { (number: Int) in
                    withExtendedLifetime(held) { seen.add("called with \(number), on the loop: \(loop.isCurrent)") }
                }
            }
            try await Worker<BackgroundWork>("calls-back").run { callback(7) }
            try await test.turns()
            #expect(seen.all == ["called with 7, on the loop: true", "released, on the loop: true"])
            callback(8)
            try await test.turns()
            #expect(seen.all.count == 2, "it is called once")
        }
    }

    @Test("work that hands itself over again and again keeps no descriptor from being served")
    func selfish() async throws {
        try await TestLoop.run { test in
            let isOver = Box(false)
            test.loop.execute { Self.again(on: test.loop, until: isOver) }
            let (pipe, told) = (Pipe(), AsyncStream.makeStream(of: Void.self))
            try await test.perform { try $0.watch(pipe.output, for: .input) { _ in told.continuation.yield() } }
            pipe.signal()
            for await _ in told.stream.prefix(1) {}
            try await test.perform { _ in isOver.value = true }
        }
    }

    private static func again(on loop: ServingLoop, until isOver: Box<Bool>) {
        if !isOver.value { loop.execute { again(on: loop, until: isOver) } }
    }

    @Test("it ends after what was handed over before, and a second end is none")
    func end() async throws {
        let loop = try ServingLoop()
        let seen = Collected<Int>()
        for number in 0..<100 { loop.execute { seen.add(number) } }
        await withDiscardingTaskGroup { group in
            for _ in 0..<3 { group.addTask { await loop.stop() } }
        }
        #expect(seen.all == Array(0..<100))
        loop.execute { Issue.record("it goes on") }
        await loop.stop()
    }

    @Test("an actor that lives on it runs there and nowhere else")
    func executor() async throws {
        let loop = try ServingLoop()
        let resident = Resident(loop)
        #expect(await resident.isOnLoop)
        #expect(!loop.isCurrent)
        loop.execute { #expect(resident.assumeIsolated { $0.isOnLoop }) }
        await loop.stop()
    }
}

/// Tells when it is released.
private final class Releasing {
    private let onRelease: () -> Void

    init(_ onRelease: @escaping () -> Void) {
        self.onRelease = onRelease
    }

    deinit { onRelease() }
}

private actor Resident {
    nonisolated let loop: ServingLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: ServingLoop) {
        self.loop = loop
    }

    var isOnLoop: Bool { loop.isCurrent }
}
