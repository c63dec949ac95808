import AuthServerSimulator
import Testing

extension EndToEnd {
    @Suite("Cold start")
    struct ColdStartTests {
        @Test("a first start makes one registration and one token request")
        func firstStart() async throws {
            try await Host.run(SimulatorConfiguration()) { host in
                try host.configure(budget: "{}")
                let daemon = try await host.start()
                let token = try await daemon.token()
                #expect(host.simulator.isValid(token))
                #expect(host.simulator.calls.map(\.endpoint) == [.register, .token])
                #expect(host.simulator.calls.allSatisfy { $0.outcome == .answered(status: 201) })
            }
        }

        @Test("1,000 parallel requests at a cold start cause one exchange and get the same token")
        func manyClients() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [.delay(.milliseconds(500))])
                let daemon = try await host.start()
                let tokens = try await blocking {
                    let connections = try (0..<1_000).map { _ in try Connection(to: daemon.socket) }
                    for connection in connections { try connection.send("{\"op\":\"token\"}\n") }
                    return try connections.map { try $0.reply().token }
                }
                #expect(tokens.count == 1_000)
                #expect(Set(tokens).count == 1)
                #expect(try host.simulator.isValid(#require(tokens.first ?? nil)))
                #expect(host.simulator.calls.map(\.endpoint) == [.register, .token])
            }
        }

        @Test("a restart with the same state directory registers nothing", arguments: [SignalNumber.term, .kill])
        func restart(signal: SignalNumber) async throws {
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                try await first.stop(signal.rawValue)
                let second = try await host.start()
                #expect(host.simulator.isValid(try await second.token()))
                #expect(host.simulator.calls.map(\.endpoint) == [.register, .token, .token])
                #expect(Set(host.simulator.calls.map(\.clientID)).count == 1)
            }
        }
    }
}
