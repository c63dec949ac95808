import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("A stream", .timeLimit(.minutes(1))) struct SocketStreamTests {
    /// Runs `body` with a stream on the loop, its owner, and the other end.
    private func withStream(
        readsInput: Bool = true, _ body: (TestLoop, RecordingOwner, CInt) async throws -> Void
    ) async throws {
        try await TestLoop.run { test in
            let (ours, theirs) = try socketPair()
            defer { close(theirs) }
            let owner = try await test.perform { loop in
                let owner = RecordingOwner(SocketStream(ours, on: loop, in: StreamGroup()))
                try owner.stream.start(readsInput: readsInput, for: owner)
                return owner
            }
            try await body(test, owner, theirs)
            try await test.perform { _ in owner.stream.close() }
            #expect(owner.calls.last == .closed && owner.calls.filter { $0 == .closed }.count == 1)
        }
    }

    /// Whether `count` bytes come, and no more; false when a hundred turns bring none.
    private func receiveAll(_ count: Int, of peer: CInt, _ test: TestLoop) async throws -> Bool {
        var (total, idle) = (0, 0)
        while total < count, idle < 100 {
            let piece = received(peer)?.utf8.count ?? 0
            total += piece
            idle = piece > 0 ? 0 : idle + 1
            try await test.turns()
        }
        return total == count
    }

    @Test("what is sent goes out at the end of the turn, in one piece")
    func sentTogether() async throws {
        try await withStream { test, owner, peer in
            try await test.perform { _ in
                owner.stream.send(Array("one ".utf8))
                #expect(!isReadable(peer))
                owner.stream.send(Array("two".utf8))
                #expect(!isReadable(peer))
            }
            try await test.turns()
            #expect(received(peer) == "one two")
            #expect(owner.calls == [.drained])
        }
    }

    @Test("what is sent alone goes out at once, but not before what waits")
    func sentAlone() async throws {
        try await withStream { test, owner, peer in
            try await test.perform { _ in
                owner.stream.sendAlone(Array("one ".utf8))
                #expect(received(peer) == "one ")
                owner.stream.send(Array("two ".utf8))
                owner.stream.sendAlone(Array("three".utf8))
                #expect(!isReadable(peer))
            }
            try await test.turns()
            #expect(received(peer) == "two three")
            #expect(try await test.perform { _ in owner.stream.sentCount } == 13)
        }
    }

    @Test("what is sent alone to a peer that is gone closes the stream, in a later step of the turn")
    func sentAloneToNobody() async throws {
        try await withStream(readsInput: false) { test, owner, peer in
            try await test.perform { _ in
                shutdown(peer, CInt(SHUT_RDWR))
                owner.stream.sendAlone([1])
                #expect(owner.stream.isOpen)
            }
            try await test.turns()
            #expect(owner.calls == [.closed])
        }
    }

    @Test(
        "what the peer does not take waits and counts; once it is taken, the owner hears of it",
        arguments: [false, true])
    func backPressure(isAlone: Bool) async throws {
        try await withStream { test, owner, peer in
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            try await test.perform { _ in isAlone ? owner.stream.sendAlone(bytes) : owner.stream.send(bytes) }
            try await test.turns()
            #expect(owner.calls == [.blocked])
            let held = try await test.perform { _ in owner.stream.heldCount }
            #expect(held > 0 && held < bytes.count)
            #expect(try await test.perform { _ in owner.stream.sentCount } == bytes.count - held)
            #expect(try await receiveAll(bytes.count, of: peer, test))
            #expect(owner.calls.last == .drained)
            #expect(try await test.perform { _ in owner.stream.heldCount } == 0)
        }
    }

    @Test(
        "what the kernel keeps for a peer that does not read is bounded, however it comes about",
        arguments: [100, 805, 20_000], [false, true])
    func kernelMemory(size: Int, isAlone: Bool) async throws {
        try await withStream { test, owner, peer in
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            for _ in 0..<100 {
                try await test.perform { _ in isAlone ? owner.stream.sendAlone(bytes) : owner.stream.send(bytes) }
                try await test.turns()
            }
            #expect(try await test.perform { _ in owner.stream.isSlow })
            #expect(try await test.perform { _ in owner.stream.keptByKernel } < 64 * 1024)
            // Nothing is lost of it.
            #expect(try await receiveAll(100 * size, of: peer, test))
        }
    }

    @Test("a peer that takes what it is sent is sent much at once")
    func readingPeer() async throws {
        try await withStream { test, owner, peer in
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 32 * 1024)
            for _ in 0..<20 {
                try await test.perform { _ in owner.stream.send(bytes) }
                try await test.turns()
                #expect(received(peer)?.utf8.count == bytes.count)
            }
            #expect(try await test.perform { _ in !owner.stream.isSlow })
        }
    }

    @Test("not every peer may have much kept at once; one that takes it makes room for another")
    func muchForFew() async throws {
        try await TestLoop.run { test in
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024)
            let peers = Collected<CInt>()
            let owners = try await test.perform { loop in
                try (0..<KernelMemory.most + 2).map { _ in
                    let (ours, theirs) = try socketPair()
                    peers.add(theirs)
                    let owner = RecordingOwner(SocketStream(ours, on: loop, in: StreamGroup()))
                    try owner.stream.start(readsInput: true, for: owner)
                    return owner
                }
            }
            defer { for peer in peers.all { close(peer) } }
            func send(_ owners: ArraySlice<RecordingOwner>) async throws {
                try await test.perform { _ in for owner in owners { owner.stream.send(bytes) } }
                try await test.turns(KernelMemory.most / 32)
            }
            func slowOnes() async throws -> [Int] {
                try await test.perform { _ in owners.indices.filter { owners[$0].stream.isSlow } }
            }
            try await send(owners[..<(KernelMemory.most + 1)])
            #expect(try await slowOnes() == [KernelMemory.most])
            // The one that has had its place for longest is asked.
            for first in [0, 1] where received(peers.all[first]) == nil { Issue.record("nothing was sent") }
            try await send(owners[(KernelMemory.most + 1)...])
            #expect(try await slowOnes() == [KernelMemory.most])
            try await test.perform { _ in for owner in owners { owner.stream.close() } }
        }
    }

    @Test("closed once everything is sent, the peer has all of it first", arguments: [false, true])
    func closedOnceSent(onlyOutput: Bool) async throws {
        try await withStream { test, owner, peer in
            try await test.perform { _ in
                owner.stream.send(Array("last".utf8))
                if onlyOutput { owner.stream.shutDownOutputOnceSent() } else { owner.stream.closeOnceSent() }
            }
            try await test.turns()
            #expect(received(peer) == "last")
            #expect(received(peer) == nil)
            #expect(try await test.perform { _ in owner.stream.isOpen } == onlyOutput)
        }
    }

    @Test(
        "a peer that sends no more may still read; one that is gone closes it, whether input is read or not",
        arguments: [false, true])
    func peerGone(readsInput: Bool) async throws {
        try await withStream(readsInput: readsInput) { test, owner, peer in
            shutdown(peer, CInt(SHUT_WR))
            try await test.turns()
            #expect(owner.calls == (readsInput ? [.readable] : []))
            #expect(try await test.perform { _ in owner.stream.receive { _ in } } == .end)
            shutdown(peer, CInt(SHUT_RDWR))
            try await test.turns()
            #expect(owner.calls.last == .closed)
        }
    }

    @Test("those that go on later do so in their order, each once; of other groups one comes in between")
    func goesOn() async throws {
        try await TestLoop.run { test in
            let order = Collected<String>()
            let (crowd, other) = try await test.perform { loop in
                let (crowd, other) = (StreamGroup(), StreamGroup())
                return (
                    try ["a", "b", "c"].map { try NamedOwner($0, in: crowd, on: loop, order) },
                    try NamedOwner("other", in: other, on: loop, order)
                )
            }
            try await test.perform { _ in
                for owner in crowd + crowd + [other, other] { owner.stream.goOnLater() }
            }
            try await test.turns()
            #expect(order.all == ["a", "other", "b", "c"])
            try await test.perform { _ in for owner in crowd + [other] { owner.close() } }
        }
    }

    @Test("a turn that has lasted long enough ends: what is ready meanwhile is looked at, and the rest comes after")
    func longTurns() async throws {
        try await TestLoop.run { test in
            let order = Collected<String>()
            let crowd = try await test.perform { loop in
                let group = StreamGroup()
                return try (0..<4).map { number in
                    try NamedOwner("\(number)", in: group, on: loop, order) {
                        if number == 0 { loop.execute { order.add("between") } }
                        test.passTime(.microseconds(120))
                    }
                }
            }
            try await test.perform { _ in for owner in crowd { owner.stream.goOnLater() } }
            try await test.turns(4)
            // The time of a turn counts from the end of the first, who may be alone.
            #expect(order.all == ["0", "1", "2", "between", "3"])
            try await test.perform { _ in for owner in crowd { owner.close() } }
        }
    }

    @Test("whatever was put off for it ends with it: its turn, its timers, what was not sent")
    func endsWithIt() async throws {
        try await withStream { test, owner, peer in
            try await test.perform { _ in
                owner.stream.schedule(after: .seconds(1)) { Issue.record("a timer of a closed stream fires") }
                owner.stream.goOnLater()
                owner.stream.send(Array("unsent".utf8))
                owner.stream.close()
                #expect(owner.stream.schedule(after: .zero) { Issue.record("it was closed before") } == nil)
                owner.stream.goOnLater()
                owner.stream.send([1])
            }
            try await test.advance(by: .seconds(2))
            #expect(owner.calls == [.closed])
            #expect(received(peer) == nil)
        }
    }

    @Test("one that is closed between two others does not keep them waiting")
    func closedWhileWaiting() async throws {
        try await withStream { test, first, _ in
            try await withStream(in: test) { second in
                try await test.perform { _ in
                    first.stream.goOnLater()
                    second.stream.goOnLater()
                    first.stream.close()
                }
                try await test.turns()
                #expect(first.calls == [.closed] && second.calls == [.goesOn])
            }
        }
    }

    @Test("timers fire unless they are cancelled, and are kept no longer than that")
    func timers() async throws {
        try await withStream { test, owner, _ in
            let fired = Collected<Int>()
            try await test.perform { _ in
                let timer = owner.stream.schedule(after: .seconds(1)) { fired.add(1) }
                owner.stream.schedule(after: .seconds(1)) { fired.add(2) }
                if let timer { owner.stream.cancel(timer) }
            }
            try await test.advance(by: .seconds(1))
            #expect(fired.all == [2])
            #expect(try await test.perform { _ in owner.stream.timers.isEmpty })
        }
    }

    @Test("a descriptor that cannot be watched is closed, and its owner hears nothing")
    func unwatchable() async throws {
        try await TestLoop.run { test in
            var path = Array("/tmp/bearerd-test-XXXXXX".utf8CString)
            let file = mkstemp(&path)
            let again = open(path, O_RDWR | O_CLOEXEC)
            unlink(path)
            try #require(flock(file, LOCK_EX) == 0)
            try await test.perform { loop in
                let owner = RecordingOwner(SocketStream(file, on: loop, in: StreamGroup()))
                #expect(throws: LoopError(call: "epoll_ctl", code: EPERM)) {
                    try owner.stream.start(readsInput: true, for: owner)
                }
                #expect(owner.calls.isEmpty && !owner.stream.isOpen)
            }
            // The lock ends when the descriptor is closed.
            #expect(flock(again, LOCK_EX | LOCK_NB) == 0)
            close(again)
        }
    }

    @Test("one that the kernel watches no longer as it should is closed")
    func lostWatch() async throws {
        try await TestLoop.run { test in
            let (ours, theirs) = try socketPair()
            let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
            try await test.perform { loop in
                let owner = RecordingOwner(SocketStream(ours, on: loop, in: StreamGroup()))
                try owner.stream.start(readsInput: true, for: owner)
                // Whatever the number now stands for, epoll does not know it.
                dup2(file, ours)
                owner.stream.readInput(false)
                #expect(owner.calls == [.closed])
            }
            close(file)
            close(theirs)
        }
    }

    private func withStream(in test: TestLoop, _ body: (RecordingOwner) async throws -> Void) async throws {
        let (ours, theirs) = try socketPair()
        defer { close(theirs) }
        let owner = try await test.perform { loop in
            let owner = RecordingOwner(SocketStream(ours, on: loop, in: StreamGroup()))
            try owner.stream.start(readsInput: true, for: owner)
            return owner
        }
        try await body(owner)
        try await test.perform { _ in owner.stream.close() }
    }
}
