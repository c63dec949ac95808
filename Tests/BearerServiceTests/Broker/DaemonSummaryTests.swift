import AuthServerSimulator
import BearerCore
import BearerLoop
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("DaemonSummary", .serialized, .timeLimit(.minutes(1))) struct DaemonSummaryTests {
    @Test(
        "the daemon in a line",
        arguments: [
            (1, "p0: token for 1 h, next renewal "), (3, "p0: token for 1 h, next renewal "),
            (4, "4 profiles: 4 ready"),
        ])
    func summary(count: Int, start: String) async throws {
        var setup = BrokerSetup()
        setup.profiles = { server in try (0..<count).map { try .sample("p\($0)", server: server) } }
        setup.clock.stop()
        let since = setup.clock.now()
        setup.tokens = Dictionary(
            uniqueKeysWithValues: (0..<count).map { ("p\($0)", AccessToken.sample(since: since)) })
        try await withBroker(setup) { test in
            let none = await test.broker.summary()
            #expect(none.text.hasPrefix(start) && none.text.hasSuffix("; 0 clients"))
            #expect(none.isSettled && none.unsettled.isEmpty)
            _ = try await test.connect().ask(#"{"op":"ping"}"#)
            #expect(await test.broker.summary().text.hasSuffix("; 1 client"))
        }
    }

    @Test("the line is announced again when a minute is over")
    func aging() async throws {
        var setup = BrokerSetup()
        setup.tokens = ["default": .sample(lasting: .seconds(90))]
        try await withIdleBroker(setup) { test in
            let summary = await test.broker.summary()
            #expect(summary.text.hasPrefix("default: token for 1 min, "))
            let holds = try #require(summary.holds)
            #expect(holds > .seconds(29) && holds < .seconds(31))
            var changes = test.broker.changes.makeAsyncIterator()
            test.clock.advance(by: holds)
            try await test.advanceTimers(by: holds)
            await changes.next()
            let later = await test.broker.summary()
            #expect(later.text.hasPrefix("default: token for less than a minute, ") && later.holds == nil)
        }
    }

    @Test("of many profiles those are named that are waited for")
    func manyUnsettled() async throws {
        var setup = BrokerSetup()
        setup.profiles = { server in try (0..<6).map { try .sample("p\($0)", server: server) } }
        try await withIdleBroker(setup) { test in
            let text = await test.broker.summary().text
            #expect(text == "6 profiles: 6 starting; waiting for p0, p1, p2 and 3 more; 0 clients")
        }
    }

    @Test("a registration that is held is shown as such")
    func held() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .reset) }) { test in
            for _ in 0..<4 {
                await eventually("its outcome is there") { await !test.broker.isInFlight() }
                await test.advance(by: .seconds(31))
            }
            await eventually("it is held") { await test.broker.summary().text.contains("held until") }
        }
    }

    @Test("a profile without a token says what it waits for, and that it is not settled; refused, it is")
    func unsettled() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.hang]) }) { test in
            await eventually("it is asked") { await test.broker.isInFlight() }
            let summary = await test.broker.summary()
            #expect(summary.text == "default: waiting for registration, asking for credentials; 0 clients")
            #expect(!summary.isSettled && summary.unsettled == ["default"])
        }
        try await withBroker(prepare: { $0.server.script(.register, [], then: .error("invalid_request")) }) { test in
            await eventually("it is refused") { await test.broker.refusal() != nil }
            let summary = await test.broker.summary()
            #expect(summary.isSettled)
            #expect(
                summary.text.hasPrefix("default: refused (invalid_request), next attempt"))
        }
    }
}
