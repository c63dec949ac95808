import BearerCore
import BearerLoop
import Glibc
import TestSupport
import Testing

@testable import BearerService
@testable import BearerSystemd

@Suite("ClientLog", .timeLimit(.minutes(1))) struct ClientLogTests {
    private let journal = JournalCapture()
    private let clock = TestClock()

    init() { clock.stop() }

    /// Runs `body` with a log, which is touched on the loop only.
    private func withLog(
        unitOfProcess: @escaping @Sendable (Int32) -> String? = { _ in nil },
        _ body: (TestLoop, Box<ClientLog>) async throws -> Void
    ) async throws {
        try await TestLoop.run { test in
            let log = ClientLog(
                journal.journal, PeerUnits(unitOfProcess: unitOfProcess), on: test.loop, now: clock.now)
            try await body(test, Box(log))
        }
    }

    @Test("complaints: one a minute of an event, a user and a matter")
    func complaints() async throws {
        try await withLog { test, log in
            let complain = { @Sendable (event: JournalEvent, text: String, uid: UInt32, matter: String) in
                try await test.perform { _ in log.value.complain(event, text, [:], of: .uid(uid), about: matter) }
            }
            try await complain(.connectionsLimited, "first", 1, "")
            try await complain(.connectionsLimited, "the same", 1, "")
            try await complain(.connectionsLimited, "another user", 2, "")
            try await complain(.connectionsLimited, "another matter", 1, "other")
            try await complain(.credentialRefused, "another event", 1, "")
            clock.advance(by: .milliseconds(59_999))
            try await complain(.connectionsLimited, "too early", 1, "")
            clock.advance(by: .milliseconds(1))
            try await complain(.connectionsLimited, "a minute later", 1, "")
            #expect(
                journal.entries.map(\.message) == [
                    "first", "another user", "another matter", "another event", "a minute later",
                ])
        }
    }

    @Test("denials: one a minute of a user, whichever process it is")
    func denials() async throws {
        try await withLog { test, log in
            let admit = { @Sendable (pid: Int32, uid: UInt32) in
                try await test.perform { _ in log.value.admitDenial(of: Peer(pid: pid, uid: uid, gid: 1)) }
            }
            var admitted = [try await admit(1, 7), try await admit(2, 7), try await admit(1, 8)]
            clock.advance(by: .milliseconds(59_999))
            admitted.append(try await admit(1, 7))
            clock.advance(by: .milliseconds(1))
            admitted.append(try await admit(1, 7))
            #expect(admitted == [true, false, true, false, true])
        }
    }

    @Test(
        "a denial is written with the unit, where there is one; then `done` is called, on the loop",
        arguments: ["player.service", nil])
    func denial(unit: String?) async throws {
        try await withLog(unitOfProcess: { _ in unit }) { test, log in
            let (done, finish) = AsyncStream.makeStream(of: Bool.self)
            // This process, as if it had connected at the end of time: it has the number that it had then.
            let peer = Peer(pid: getpid(), uid: 54_321, gid: 8, acceptedAt: .seconds(Int32.max))
            try await test.perform { loop in
                log.value.logDenial("no token", peer, "default") { finish.yield(loop.isCurrent) }
            }
            for await isOnLoop in done.prefix(1) { #expect(isOnLoop) }
            let entry = try #require(journal.entries(of: .accessDenied).first)
            #expect(
                entry.message
                    == (unit == nil ? "no token (pid \(getpid()))" : "no token (pid \(getpid()), player.service)"))
            #expect(entry.fields["peer_unit"] == unit && entry.fields["profile"] == "default")
        }
    }

    @Test("when too many units are to be found, `done` is called in a later turn, without one")
    func crowd() async throws {
        let gate = Pipe()
        try await withLog(unitOfProcess: { _ in
            gate.wait()
            return "late.service"
        }) { test, log in
            let count = 200
            let seen = Collected<String>()
            try await test.perform { _ in
                for _ in 0..<count { log.value.logDenial("no", .user(7), nil) { seen.add("done") } }
                seen.add("returned")
            }
            try await test.turns()
            #expect(seen.all.first == "returned")
            #expect(seen.all.count > count / 2)
            for _ in 0..<count { gate.signal() }
            await eventually("all are told") { seen.all.count == count + 1 }
        }
    }
}

@Suite("ComplaintLimit") struct ComplaintLimitTests {
    @Test("one entry per minute of an event and user")
    func interval() {
        var limit = ComplaintLimit()
        let due = [
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(100)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(159)),
            limit.admit(.accessDenied, of: .uid(2), at: .seconds(159)),
            limit.admit(.accessDenied, of: .unit("1"), at: .seconds(159)),
            limit.admit(.connectionsLimited, of: .uid(1), at: .seconds(159)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(160)),
            limit.admit(.accessDenied, of: .uid(1), at: .seconds(161)),
        ]
        #expect(due == [true, false, true, true, true, true, false])
    }

    @Test("thousands of users at once are dropped rather than remembered, and room comes back")
    func capacity() {
        var limit = ComplaintLimit()
        let due = (0..<5000).count { limit.admit(.accessDenied, of: .uid($0), at: .seconds(1)) }
        #expect(due == 1024)
        let later = limit.admit(.accessDenied, of: .uid(9999), at: .seconds(62))
        #expect(later)
    }
}

@Suite("Audit") struct AuditTests {
    @Test("a user is recorded once per generation, and so is a unit of the same name")
    func generations() {
        var audit = Audit()
        let first = [
            audit.record(.uid(1), generation: 1), audit.record(.uid(1), generation: 1),
            audit.record(.unit("1"), generation: 1), audit.record(.uid(1), generation: 2),
            audit.record(.uid(1), generation: 2), audit.record(.unit("1"), generation: 2),
        ]
        #expect(first == [true, false, true, true, false, true])
    }

    @Test(
        "in the journal it is a uid or a unit",
        arguments: [
            (ClientLog.User.uid(1000), "uid 1000"), (.unit("a.service"), "a.service"),
        ])
    func description(user: ClientLog.User, text: String) {
        #expect("\(user)" == text)
    }
}
