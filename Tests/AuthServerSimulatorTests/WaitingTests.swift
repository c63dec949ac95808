import AuthServerSimulator
import Testing

@Suite("Waiting for calls", .timeLimit(.minutes(1)))
struct WaitingTests {
    @Test("calls that are there already count")
    func already() async throws {
        try await withSimulator { simulator in
            _ = try await simulator.exchange(.token())
            let calls = try await simulator.waitForCalls(1, to: .token)
            #expect(calls.count == 1)
        }
    }

    @Test("it returns once there are enough, of its endpoint only")
    func later() async throws {
        try await withSimulator { simulator in
            async let waiting = simulator.waitForCalls(2, to: .token)
            for request in [WireRequest.token(), .register(), .token()] { _ = try await simulator.exchange(request) }
            let calls = try await waiting
            #expect(calls.map(\.endpoint) == [.token, .token])
        }
    }

    @Test("without an endpoint, all count")
    func anyEndpoint() async throws {
        try await withSimulator { simulator in
            async let waiting = simulator.waitForCalls(2)
            for request in [WireRequest.token(), .register()] { _ = try await simulator.exchange(request) }
            #expect(try await waiting.map(\.endpoint) == [.token, .register])
        }
    }

    @Test("several may wait at once")
    func several() async throws {
        try await withSimulator { simulator in
            async let counts = withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await simulator.waitForCalls(1, to: .token).count } }
                return try await group.reduce(0, +)
            }
            _ = try await simulator.exchange(.token())
            #expect(try await counts == 20)
        }
    }

    @Test("a cancelled wait ends with CancellationError, before and while it waits")
    func cancelled() async throws {
        try await withSimulator { simulator in
            for _ in 0..<50 {
                let waiting = Task { try await simulator.waitForCalls(1, to: .token) }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
        }
    }

    @Test("the next call is the one after the action began")
    func next() async throws {
        try await withSimulator { simulator in
            _ = try await simulator.exchange(.token())
            simulator.script(.token, [.status(503)])
            let call = try await simulator.nextCall(to: .token) { _ = try await simulator.exchange(.token()) }
            #expect(call.outcome == .fault("status 503"))
        }
    }

    @Test("every call is reported as it comes, in a line of its own")
    func onCall() async throws {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        let configuration = SimulatorConfiguration(onCall: { continuation.yield($0.description) })
        try await withSimulator(configuration) { simulator in
            let client = try await simulator.registered()
            _ = try await simulator.exchange(.get("/nowhere"))
            continuation.finish()
            let seen = await lines.reduce(into: [String]()) { $0.append($1) }
            #expect(
                seen == [
                    "register: answered 201 (client \(client.id))",
                    "other: refused: invalid_request; protocol violation: "
                        + "path “/nowhere”, which the documentation does not know",
                ])
        }
    }
}
