import AuthServerSimulator
import Testing

@Suite("Listening")
struct ListeningTests {
    @Test("the base URL has the port that the kernel chose")
    func baseURL() async throws {
        try await withSimulator { simulator in
            #expect(simulator.port > 0)
            #expect(simulator.baseURL == "http://127.0.0.1:\(simulator.port)")
        }
    }

    @Test("a port that is taken is an error that names it")
    func portTaken() async throws {
        try await withSimulator { simulator in
            let error = await #expect(throws: SimulatorError.self) {
                try await AuthServerSimulator.start(SimulatorConfiguration(port: simulator.port))
            }
            #expect(error?.description.contains("127.0.0.1:\(simulator.port)") == true)
        }
    }

    @Test("after a shutdown nobody answers, and the port can be taken again")
    func again() async throws {
        let first = try await AuthServerSimulator.start()
        await first.shutdown()
        await first.shutdown()
        await #expect(throws: (any Error).self) { try await first.exchange(.token()) }
        try await withSimulator(SimulatorConfiguration(port: first.port)) { second in
            let reply = try await second.exchange(.token())
            #expect(reply.status == 400)
        }
    }
}
