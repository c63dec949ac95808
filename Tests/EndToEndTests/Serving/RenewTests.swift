import AuthServerSimulator
import BearerJSON
import Testing

extension EndToEnd {
    @Suite("Renewing")
    struct RenewTests {
        @Test("200 simultaneous requests for the same rejected token make one exchange; soon after, slow_down")
        func oneExchange() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let rejected = try await daemon.token()
                host.simulator.revokeToken(rejected)
                let request = Self.renew(rejected)
                let replies = try await blocking {
                    let connections = try (0..<200).map { _ in try Connection(to: daemon.socket) }
                    for connection in connections { try connection.send(request + "\n") }
                    return try connections.map { try $0.reply() }
                }
                #expect(replies.filter { $0.token == nil }.map(\.text) == [])
                #expect(Set(replies.map(\.token)).count == 1)
                let token = try #require(replies.first?.token)
                #expect(token != rejected)
                #expect(host.simulator.isValid(token))
                #expect(host.simulator.calls(to: .token).count == 2)

                // The one before is answered with the current token, the current one has to wait.
                #expect(try await daemon.ask(request).token == token)
                let refused = try await daemon.ask(Self.renew(token))
                #expect(refused.error == "slow_down")
                #expect((1...30).contains(try #require(refused.retryAfter)))
                #expect(try await daemon.token() == token)
                #expect(host.simulator.calls.count == 3)
            }
        }

        @Test("when the renewal fails, the rejected token is not given again, and token serves it on")
        func failure() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let rejected = try await daemon.token()
                host.simulator.script(.token, [], then: .status(503))
                #expect(try await daemon.ask(Self.renew(rejected)).error == "temporarily_unavailable")
                #expect(try await daemon.token() == rejected)
            }
        }

        @Test("a renewal that takes longer than wait is not waited for")
        func slow() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let rejected = try await daemon.token()
                host.simulator.script(.token, [], then: .hang)
                let start = ContinuousClock.now
                let reply = try await daemon.ask(#"{"op":"renew","wait":1,"rejected":"\#(rejected)"}"#)
                #expect(reply.error == "temporarily_unavailable")
                #expect((.milliseconds(900) ..< .seconds(3)).contains(ContinuousClock.now - start))
            }
        }

        @Test("a min_valid beyond what is left joins everybody's one renewal; one beyond any token is a mistake")
        func minimumValidity() async throws {
            try await Host.run(.lifetime(100)) { host in
                let daemon = try await host.start()
                let first = try await daemon.token()
                let mistake = try await daemon.ask(#"{"op":"token","min_valid":101}"#)
                #expect(mistake.error == "invalid_request")
                #expect(mistake["error_description"]?.string?.contains("101") == true)
                #expect(host.simulator.calls(to: .token).count == 1)
                // No token has its whole lifetime left once it is here.
                let longer = try await daemon.ask(#"{"op":"token","min_valid":100}"#)
                #expect(longer.error == "invalid_request")
                #expect(host.simulator.calls(to: .token).count == 2)
                #expect(try await daemon.token() != first)
            }
        }

        private static func renew(_ token: String) -> String {
            #"{"op":"renew","rejected":"\#(token)"}"#
        }
    }
}
