import Glibc
import TestSupport
import Testing

@testable import BearerSystemd

@Suite("The unit of a client") struct PeerUnitsTests {
    private func boot() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func unit(of pid: Int32, acceptedAt: Duration) async -> String? {
        let units = PeerUnits { "unit-of-\($0)" }
        return await withCheckedContinuation { continuation in
            units.find(pid, of: 0, acceptedAt: acceptedAt) { unit, _ in continuation.resume(returning: unit) }
        }
    }

    @Test("a process that was there when the connection was accepted has its unit")
    func running() async {
        #expect(await unit(of: getpid(), acceptedAt: boot()) == "unit-of-\(getpid())")
    }

    @Test("one that started later has the number only, and one that is gone has nothing")
    func others() async throws {
        let start = try #require(ProcessStart.time(of: getpid()))
        #expect(await unit(of: getpid(), acceptedAt: start) != nil)
        #expect(await unit(of: getpid(), acceptedAt: start - .milliseconds(10)) == nil)
        #expect(await unit(of: 0, acceptedAt: boot()) == nil)
        #expect(await unit(of: Int32.max, acceptedAt: boot()) == nil)
    }

    @Test("the user has the name of the host's own file; one that is not there has none")
    func user() async {
        let temporary = TemporaryDirectory()
        temporary.write("root:x:0:0::/root:/bin/sh\nplayer:x:996:996::/:/bin/false\n".utf8, to: "passwd")
        #expect(LocalUsers.name(of: 996, in: "\(temporary.path)/passwd") == "player")
        #expect(LocalUsers.name(of: 997, in: "\(temporary.path)/passwd") == nil)
        #expect(LocalUsers.name(of: 0, in: "/nonexistent") == nil)
        let name = await withCheckedContinuation { continuation in
            PeerUnits { _ in nil }.find(getpid(), of: 0, acceptedAt: boot()) { continuation.resume(returning: $1) }
        }
        #expect(name == "root")
    }

    @Test("more questions than the thread gets to are answered with nothing, and at once")
    func crowd() async {
        let gate = Pipe()
        let units = PeerUnits { _ in
            gate.wait()
            return "late.service"
        }
        let (answers, answer) = AsyncStream.makeStream(of: String?.self)
        for _ in 0..<200 { units.find(getpid(), of: 0, acceptedAt: boot()) { unit, _ in answer.yield(unit) } }
        var found: [String?] = []
        for await one in answers {
            found.append(one)
            if found.count == 200 - 64 { break }
        }
        #expect(found.allSatisfy { $0 == nil })
        for _ in 0..<64 { gate.signal() }
    }

    @Test(
        "the start is counted from the end of the name, which may be anything",
        arguments: [
            ("7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 20", Duration.milliseconds(123_450)),
            ("7 (a) b) (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 7 20", .milliseconds(70)),
            ("7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", nil), ("7 (a) S 1 2", nil), ("7", nil), ("", nil),
            ("7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x", nil),
        ] as [(String, Duration?)])
    func stat(line: String, start: Duration?) {
        #expect(ProcessStart.time(inStat: Array(line.utf8), ticksASecond: 100) == start)
    }

    @Test("our own start lies between the machine's and now")
    func ours() throws {
        let start = try #require(ProcessStart.time(of: getpid()))
        #expect(start > .zero && start <= boot())
    }
}
