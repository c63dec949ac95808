import AuthServerSimulator
import BearerCore
import BearerLoop
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("The daemon's end", .serialized, .timeLimit(.minutes(1))) struct ShutdownTests {
    private let exits = Collected<BearerService.ExitStatus>()

    private func makeShutdown(_ test: TestBroker) -> Shutdown {
        Shutdown(on: test.broker.loop, journal: test.log.journal) { [exits] in exits.add($0) }
    }

    @Test(
        "the broker hears of it within the turn of the signal; a second one changes nothing",
        arguments: [SIGTERM, SIGINT])
    func signals(signal: CInt) async throws {
        try await withBroker(.withToken(), isTimeTold: true) { test in
            let shutdown = makeShutdown(test)
            await shutdown.concerns(test.broker)
            async let requested: Void = shutdown.requested()
            await shutdown.receive(signal)
            #expect(await test.broker.isStopping)
            await requested
            await shutdown.receive(SIGTERM)
            await shutdown.requested()
            await test.ended()
            #expect(test.log.events == [.stopping])
            #expect(exits.all.isEmpty)
        }
    }

    @Test("SIGHUP changes nothing, and is told what to do instead")
    func hangUp() async throws {
        try await withBroker(.withToken()) { test in
            let shutdown = makeShutdown(test)
            await shutdown.concerns(test.broker)
            await shutdown.receive(SIGHUP)
            #expect(await !test.broker.isStopping)
            #expect(test.log.entries(of: .hangupIgnored).first?.message.contains("systemctl reload bearerd") == true)
            #expect(test.log.events == [.hangupIgnored])
        }
    }

    @Test("a start that is asked to end does not wait, and its broker begins nothing")
    func whileStarting() async throws {
        try await withIdleBroker { test in
            let shutdown = makeShutdown(test)
            let pause = Task { try await shutdown.pause(for: .seconds(1)) }
            await eventually("it pauses") { await shutdown.isPausing }
            await shutdown.receive(SIGTERM)
            await #expect(throws: Shutdown.Stopped.self) { try await pause.value }
            await #expect(throws: Shutdown.Stopped.self) { try await shutdown.pause(for: .seconds(1)) }
            await shutdown.concerns(test.broker)
            try await test.broker.begin()
            await test.broker.run()
            #expect(test.server.calls.isEmpty)
        }
    }

    @Test("a start goes on after its pause")
    func pause() async throws {
        try await withIdleBroker { test in
            let shutdown = makeShutdown(test)
            for _ in 0..<2 {
                let pause = Task { try await shutdown.pause(for: .seconds(1)) }
                await eventually("it pauses") { await shutdown.isPausing }
                try await test.advanceTimers(by: .seconds(1))
                try await pause.value
            }
        }
    }

    @Test(
        "a disk that hangs is left behind after 4.8 s; the status says whether something was lost",
        arguments: [false, true])
    func hangingDisk(isRegistering: Bool) async throws {
        var gate: Pipe?
        defer { gate?.signal() }
        let setup = isRegistering ? BrokerSetup() : .withToken()
        try await withBroker(setup, isTimeTold: true, prepare: { gate = await $0.holdDisk() }) { test in
            if isRegistering {
                await eventually("it is registering") { await test.broker.isRegistering() }
            } else {
                await test.broker.begin(.persistBudget)
            }
            let shutdown = makeShutdown(test)
            await shutdown.concerns(test.broker)
            await shutdown.receive(SIGTERM)
            try await test.advanceTimers(by: .milliseconds(4_799))
            #expect(exits.all.isEmpty)
            try await test.advanceTimers(by: .milliseconds(1))
            #expect(exits.all == [isRegistering ? .inputOutput : .success])
            let message = test.log.entries(of: .stopCutShort).map(\.message)
            #expect(message.count == 1)
            #expect(message.first?.contains(isRegistering ? "not on disk: default" : "nothing is lost") == true)
            gate?.signal()
        }
    }
}
