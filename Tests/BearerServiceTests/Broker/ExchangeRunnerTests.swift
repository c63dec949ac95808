import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

/// What happens before and after an exchange with the authorization server.
@Suite("Exchanges", .serialized, .timeLimit(.minutes(1))) struct ExchangeRunnerTests {
    /// The registration history of the profile as it is on disk.
    private func history(_ test: TestBroker) -> String {
        let name = test.state.names(in: "default").first { $0.hasPrefix("registration-") && $0.hasSuffix(".json") }
        return name.flatMap { test.state.read("default/\($0)") }.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @Test("a token's life counts from the sending of the request, however late the reply comes")
    func sendingTime() async throws {
        var setup = BrokerSetup()
        setup.simulator.tokenLifetime = 3600
        let clock = setup.clock
        setup.simulator.onCall = { if $0.endpoint == .token { clock.advance(by: .seconds(2)) } }
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let token = try await client.ask(#"{"op":"token"}"#).token()
            #expect(token.expiresIn <= 3598, "two of 3600 s had passed when the reply came")
            #expect(token.expiresIn >= 3500)
        }
    }

    @Test("an intent is on disk before a registration is sent, and its outcome afterwards")
    func outcome() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.status(502), .delay(.milliseconds(300))]) }) {
            test in
            try await test.server.waitForCalls(1, to: .register)
            #expect(history(test).contains(#""unanswered":1"#))
            await eventually("it fails") { await test.broker.failures() == 1 }
            await test.advance(by: .seconds(5))
            try await test.server.waitForCalls(2, to: .register)
            #expect(history(test).contains(#""unanswered":2"#), "a gateway's word is no answer")
            _ = try await test.connect().ask(#"{"op":"token","wait":60}"#).token()
            await eventually("the history says answered") { history(test).contains(#""unanswered":0"#) }
            #expect(!history(test).contains("boot_id"), "there is no time to be told by a clock")
        }
    }

    @Test("a step of the wall clock has the history written again, so that the next boot is not misled")
    func clockStep() async throws {
        try await withBroker { test in
            let root = try await test.connect(as: .root)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            _ = try await root.line(after: #"{"op":"register","force":true}"#)
            await eventually("the replacement is on disk") { history(test).contains(#""unanswered":0"#) }
            let before = history(test)
            #expect(before.contains("last_replacement_at") && before.contains(#""boot_id":"boot-1""#))
            await test.broker.doWhatIsDue()
            test.clock.stepWall(by: .seconds(-86_400))
            await test.broker.doWhatIsDue()
            await eventually("it is written again") { history(test) != before }
            #expect(history(test).contains(#""unanswered":0"#))
        }
    }
}
