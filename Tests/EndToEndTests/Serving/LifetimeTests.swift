import AuthServerSimulator
import Testing

extension EndToEnd {
    @Suite("Lifetime")
    struct LifetimeTests {
        /// The full minute and the strict limit of 50 ms are for Tests/Slow: here other tests and a debug build are in the way.
        @Test("with tokens of 5 s, a client that asks every 100 ms is always given a valid one at once")
        func shortTokens() async throws {
            try await Host.run(.lifetime(5)) { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let simulator = host.simulator
                let (invalid, longest, count) = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    var (invalid, longest, count) = (0, Duration.zero, 0)
                    let clock = ContinuousClock()
                    let end = clock.now + .seconds(12)
                    while clock.now < end {
                        var reply: Reply?
                        longest = max(longest, try clock.measure { reply = try connection.ask(#"{"op":"token"}"#) })
                        if reply?.token.map(simulator.isValid) != true { invalid += 1 }
                        count += 1
                        pause(.milliseconds(100))
                    }
                    return (invalid, longest, count)
                }
                #expect(invalid == 0)
                #expect(longest < .milliseconds(500), "the longest of \(count) waits")
                #expect(count > 60)
                // A token of 5 s is renewed after 2 s, when half of its service is over.
                #expect((4...8).contains(simulator.calls(to: .token).count))
            }
        }

        @Test("a token that is not renewed is served to its end and no longer")
        func trueExpiry() async throws {
            try await Host.run(.lifetime(3)) { host in
                host.simulator.script(.token, [.answer], then: .status(503))
                let daemon = try await host.start()
                let token = try await daemon.token()
                let last = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    while true {
                        let reply = try connection.ask(#"{"op":"token","wait":0}"#)
                        guard reply.token == token else { return reply }
                        pause(.milliseconds(20))
                    }
                }
                #expect(last.error == "temporarily_unavailable")
                try await daemon.line(containing: "has ended")
            }
        }
    }
}
