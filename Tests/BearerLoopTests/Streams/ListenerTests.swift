import Glibc
import TestSupport
import Testing

@testable import BearerLoop

@Suite("A listener", .timeLimit(.minutes(1))) struct ListenerTests {
    /// A bound socket without a path, and what connects to it.
    private final class Address: Sendable {
        let descriptor: CInt
        private let length: socklen_t
        private let address: sockaddr_un

        init() throws {
            descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var length = socklen_t(MemoryLayout<sa_family_t>.size)
            let descriptor = descriptor
            // Autobind: the kernel chooses an abstract name, see unix(7).
            let result = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    let bound = bind(descriptor, $0, length)
                    length = socklen_t(MemoryLayout<sockaddr_un>.size)
                    return bound == 0 ? getsockname(descriptor, $0, &length) : bound
                }
            }
            (self.address, self.length) = (address, length)
            _ = try LoopError.checked("bind", result)
        }

        func connect(waits: Bool = true) throws(LoopError) -> CInt {
            let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (waits ? 0 : SOCK_NONBLOCK.rawValue)
            let client = socket(AF_UNIX, CInt(kind), 0)
            let result = withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(client, $0, length) }
            }
            return try LoopError.checked("connect", result) + client
        }
    }

    @Test("all that connect are accepted, one per turn until more seem to wait; after the end none is")
    func accepts() async throws {
        try await TestLoop.run { test in
            let (address, accepted) = (try Address(), Collected<CInt>())
            let listener = Box(
                Listener(address.descriptor, on: test.loop) { _ in
                    Issue.record("there is room")
                } onConnection: {
                    accepted.add($0)
                })
            try await test.perform { _ in try listener.value.start() }
            let clients = Collected<CInt>()
            try await test.duringOneTurn {
                for _ in 0..<100 { clients.add(try address.connect()) }
                test.loop.execute { #expect(accepted.all.count == 1) }
            }
            var counts: [Int] = []
            while accepted.all.count < 100 {
                counts.append(accepted.all.count)
                try await test.turns(1)
            }
            #expect(counts.count < 12, "\(counts)")
            try await test.perform { _ in listener.value.stop() }
            #expect(throws: LoopError(call: "connect", code: ECONNREFUSED)) { try address.connect() }
            for descriptor in accepted.all + clients.all { close(descriptor) }
        }
    }

    @Test("in a flood few may wait to be accepted; once it is over there is room for many again")
    func flood() async throws {
        try await TestLoop.run { test in
            let (address, refused) = (try Address(), Collected<LoopError>())
            let (accepted, clients) = (Collected<CInt>(), Collected<CInt>())
            let listener = Box(
                Listener(address.descriptor, on: test.loop) { _ in
                    Issue.record("there is room")
                } onConnection: { connection in
                    accepted.add(connection)
                    guard accepted.all.count == 150 else { return }
                    do throws(LoopError) {
                        clients.add(try address.connect(waits: false))
                    } catch {
                        refused.add(error)
                    }
                })
            try await test.perform { _ in try listener.value.start() }
            func connectMany(_ count: Int) async throws {
                try await test.duringOneTurn {
                    for _ in 0..<count { clients.add(try address.connect(waits: false)) }
                }
                while accepted.all.count < clients.all.count { try await test.turns(1) }
            }
            try await connectMany(400)
            #expect(refused.all == [LoopError(call: "connect", code: EAGAIN)])
            try await test.advance(by: .seconds(2))
            try await connectMany(1)
            try await connectMany(400)
            #expect(accepted.all.count == 801)
            try await test.perform { _ in listener.value.stop() }
            for descriptor in accepted.all + clients.all { close(descriptor) }
        }
    }

    @Test("a connection that cannot be watched is reported once, accepting rests a second, then goes on")
    func shortage() async throws {
        try await TestLoop.run { test in
            let (address, accepted, told) = (try Address(), Collected<CInt>(), Collected<LoopError>())
            let isShort = Box(true)
            let shortage = LoopError(call: "epoll_ctl", code: ENOSPC)
            let listener = Box(
                Listener(address.descriptor, on: test.loop) {
                    told.add($0)
                } onConnection: { connection throws(LoopError) in
                    accepted.add(connection)
                    if isShort.value { throw shortage }
                })
            try await test.perform { _ in try listener.value.start() }
            let clients = try (0..<5).map { _ in try address.connect() }
            try await test.turns(4)
            #expect(accepted.all.count == 1)
            try await test.advance(by: .milliseconds(999))
            #expect(accepted.all.count == 1)
            try await test.advance(by: .milliseconds(1))
            #expect(accepted.all.count == 2)
            #expect(told.all == [shortage])
            try await test.perform { _ in isShort.value = false }
            try await test.advance(by: .seconds(1))
            try await test.turns(4)
            #expect(accepted.all.count == 5)
            #expect(told.all == [shortage])
            // Everybody was accepted: the next shortage is news.
            try await test.perform { _ in isShort.value = true }
            let another = try address.connect()
            try await test.turns(4)
            #expect(told.all == [shortage, shortage])
            try await test.perform { _ in listener.value.stop() }
            for descriptor in accepted.all + clients + [another] { close(descriptor) }
        }
    }
}
