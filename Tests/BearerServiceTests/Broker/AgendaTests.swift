import BearerCore
import BearerLoop
import TestSupport
import Testing

@testable import BearerService

@Suite("Agenda", .timeLimit(.minutes(1))) struct AgendaTests {
    private let asked = Collected<Void>()

    /// - Parameter next: the next time; one that is past wakes at once.
    private func withAgenda(
        next: Duration? = nil, onWake: @escaping @Sendable () -> Void = {},
        _ body: (TestLoop, Box<Agenda>) async throws -> Void
    ) async throws {
        try await TestLoop.run { test in
            let agenda = Box(Agenda(on: test.loop, now: SystemClock.now))
            try await test.perform { [asked] _ in
                try agenda.value.start(
                    nextTime: { _ in
                        asked.add(())
                        return next
                    }, onWake: onWake)
            }
            try await body(test, agenda)
            try await test.perform { _ in agenda.value.stop() }
        }
    }

    @Test("the alarm is set once a turn, however often something changed in it")
    func once() async throws {
        try await withAgenda { test, agenda in
            for turn in 1...3 {
                try await test.perform { _ in
                    for _ in 0..<10 { agenda.value.changed() }
                }
                try await test.turns()
                #expect(asked.all.count == turn)
            }
        }
    }

    @Test("it wakes at the next time, and when it is told to")
    func wakes() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        try await withAgenda(next: .zero, onWake: { wake.yield() }) { test, agenda in
            try await test.perform { _ in agenda.value.changed() }
            for await _ in wakes.prefix(1) {}
            try await test.perform { _ in agenda.value.wakeNow() }
            for await _ in wakes.prefix(1) {}
        }
    }

    @Test("stopped, it asks for no time and wakes nobody; nor does what was planned before")
    func stopped() async throws {
        try await withAgenda(next: .zero, onWake: { Issue.record("it woke") }) { test, agenda in
            try await test.perform { _ in
                agenda.value.changed()
                agenda.value.stop()
                agenda.value.changed()
                agenda.value.wakeNow()
            }
            try await test.turns(4)
            #expect(asked.all.isEmpty)
        }
    }
}

@Suite("StatusSignal", .timeLimit(.minutes(1))) struct StatusSignalTests {
    /// Runs `body` with a signal and what it has announced.
    private func withSignal(_ body: (TestLoop, Box<StatusSignal>, Collected<Void>) async throws -> Void) async throws {
        try await TestLoop.run { test in
            let signal = Box(StatusSignal(on: test.loop))
            let announced = Collected<Void>()
            let reading = Task { [changes = signal.value.changes] in
                for await _ in changes { announced.add(()) }
            }
            try await body(test, signal, announced)
            try await test.perform { _ in signal.value.finish() }
            await reading.value
        }
    }

    @Test("connections that come and go are announced five times a second at most")
    func connections() async throws {
        try await withSignal { test, signal, announced in
            for announcement in 1...5 {
                for _ in 0..<20 {
                    try await test.perform { _ in
                        for _ in 0..<5 { signal.value.connectionsChanged() }
                    }
                    #expect(announced.all.count < announcement)
                    try await test.advance(by: .milliseconds(10))
                }
                await eventually("it is announced") { announced.all.count == announcement }
            }
            try await test.advance(by: .seconds(10))
            #expect(announced.all.count == 5, "nothing has changed since")
        }
    }

    @Test("what ages is announced when its time is over; a later time takes the place of the one before")
    func aging() async throws {
        try await withSignal { test, signal, announced in
            try await test.perform { _ in
                signal.value.ages(after: .seconds(10))
                signal.value.ages(after: .seconds(20))
            }
            try await test.advance(by: .milliseconds(19_999))
            #expect(announced.all.isEmpty)
            try await test.advance(by: .milliseconds(1))
            await eventually("it is announced") { announced.all.count == 1 }
            try await test.perform { _ in
                signal.value.ages(after: .seconds(10))
                signal.value.ages(after: nil)
            }
            try await test.advance(by: .seconds(60))
            #expect(announced.all.count == 1)
        }
    }
}
