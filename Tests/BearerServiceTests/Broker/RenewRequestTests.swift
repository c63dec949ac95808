import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("renew", .serialized, .timeLimit(.minutes(1))) struct RenewRequestTests {
    private func renew(_ token: Secret, wait: Int = 10) -> String {
        #"{"op":"renew","rejected":"\#(token.text)","wait":\#(wait)}"#
    }

    @Test("another token than the current one is exchanged for the current one, without a call")
    func stale() async throws {
        try await withBroker(.withToken()) { test in
            let client = try await test.connect()
            #expect(try await client.ask(renew(Secret("old"))).token().token == Secret(Canary.token))
            #expect(test.server.calls.isEmpty)
        }
    }

    @Test("however many turn the current token down, one exchange follows, and everybody gets its token")
    func together() async throws {
        try await withBroker { test in
            let clients = [try await test.connect(), try await test.connect(), try await test.connect()]
            let first = try await clients[0].ask(#"{"op":"token"}"#).token()
            test.clock.advance(by: .seconds(2))
            for client in clients { client.send(renew(first.token)) }
            for client in clients {
                let second = try await client.reply().token()
                #expect(second.token != first.token)
            }
            #expect(test.server.calls(to: .token).count == 2)
        }
    }

    @Test("clients cause at most one exchange in 30 s")
    func bound() async throws {
        try await withBroker { test in
            let client = try await test.connect()
            var token = try await client.ask(#"{"op":"token"}"#).token().token
            test.clock.advance(by: .seconds(2))
            token = try await client.ask(renew(token)).token().token
            for _ in 0..<3 {
                test.clock.advance(by: .seconds(9))
                let error = try await client.ask(renew(token)).error()
                #expect(error.code == .slowDown)
                #expect(error.retryAfter.map { $0 <= .seconds(30) && $0 >= .seconds(1) } == true)
            }
            test.clock.advance(by: .seconds(4))
            #expect(try await client.ask(renew(token)).token().token != token)
            #expect(test.server.calls(to: .token).count == 3)
        }
    }

    @Test("when the exchange fails, the token is not handed back, but goes on being served")
    func failing() async throws {
        try await withBroker { test in
            let client = try await test.connect()
            let first = try await client.ask(#"{"op":"token"}"#).token()
            test.server.script(.token, [], then: .status(503))
            test.clock.advance(by: .seconds(2))
            #expect(try await client.ask(renew(first.token)).error().code == .temporarilyUnavailable)
            #expect(try await client.ask(#"{"op":"token"}"#).token().token == first.token)
        }
    }

    @Test("a server that gives the rejected token out again is not waited for, nor asked again soon")
    func sameToken() async throws {
        try await withBroker(.withToken(), prepare: { $0.server.script(.token, [.hang]) }) { test in
            let client = try await test.connect()
            client.send(renew(Secret(Canary.token), wait: 300))
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            await test.broker.grantToken()
            let error = try await client.reply().error()
            #expect(error.code == .temporarilyUnavailable && error.retryAfter == .seconds(30))
            #expect(error.description.contains("gave the rejected token out again"))
            #expect(try await client.ask(#"{"op":"token"}"#).token().token == Secret(Canary.token))
        }
    }

    @Test("an exchange that takes longer than the wait is not waited for")
    func hanging() async throws {
        try await withBroker { test in
            let client = try await test.connect()
            let first = try await client.ask(#"{"op":"token"}"#).token()
            test.server.script(.token, [.hang])
            test.clock.advance(by: .seconds(2))
            #expect(try await client.ask(renew(first.token, wait: 1)).error().code == .temporarilyUnavailable)
        }
    }

    /// Whose clients reject each of three tokens, and whether that is reported.
    static let rejections: [(users: [UInt32], isTold: Bool)] = [
        ([1000, 1000, 1000], false), ([1000, 1000, 1001], true),
    ]

    @Test("fresh tokens that clients of different users reject are reported", arguments: rejections)
    func freshRejected(users: [UInt32], isTold: Bool) async throws {
        try await withBroker { test in
            var token = try await test.connect().ask(#"{"op":"token"}"#).token().token
            for user in users {
                test.clock.advance(by: .seconds(40))
                token = try await test.connect(as: .user(user)).ask(renew(token)).token().token
            }
            #expect(test.log.entries(of: .freshTokenRejected).count == (isTold ? 1 : 0))
        }
    }
}
