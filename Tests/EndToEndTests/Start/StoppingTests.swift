import AuthServerSimulator
import BearerJSON
import Glibc
import Subprocess
import Testing

extension EndToEnd {
    @Suite("Stopping")
    struct StoppingTests {
        @Test(
            "SIGTERM and SIGINT end it with 0 within 5 s and remove the socket",
            arguments: [SignalNumber.term, .interrupt])
        func stops(signal: SignalNumber) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let start = ContinuousClock.now
                #expect(try await daemon.stop(signal.rawValue) == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
                #expect(Files.mode(host.socket) == nil)
            }
        }

        @Test("a server that hangs does not hold a stop up", arguments: [Endpoint.register, .token])
        func stopsWhileHanging(endpoint: Endpoint) async throws {
            try await Host.run { host in
                host.simulator.script(endpoint, [], then: .hang)
                let daemon = try await host.start()
                try await host.simulator.waitForCalls(1, to: endpoint)
                let start = ContinuousClock.now
                #expect(try await daemon.stop() == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }

        @Test("requests that have arrived are answered, then the connection ends")
        func answersWhatHasArrived() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [], then: .hang)
                let daemon = try await host.start()
                try await host.simulator.waitForCalls(1, to: .token)
                let connection = try Connection(to: daemon.socket)
                try connection.send(#"{"op":"token","id":1,"wait":60}"# + "\n" + #"{"op":"ping","id":2}"# + "\n")
                try await answered(daemon)
                daemon.program.signal(SIGTERM)
                let (first, second, end) = try await blocking {
                    (try connection.reply(), try connection.reply(), try connection.line())
                }
                #expect(first.error == "temporarily_unavailable")
                #expect(first["id"]?.wholeNumber == 1)
                #expect(second["pong"]?.bool == true)
                #expect(end == nil)
                #expect(try await daemon.program.end() == .exited(0))
            }
        }

        @Test(
            "thousands of lines that arrived whole are all answered, an unfinished one is not, then comes end of file")
        func answersAllThatHasArrived() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let connection = try Connection(to: daemon.socket)
                // More than the daemon answers before it has to wait for the client to read.
                for first in stride(from: 0, to: 1_000, by: 100) {
                    let lines = (first..<first + 100).map { #"{"op":"token","id":\#($0)}"# + "\n" }
                    try connection.send(lines.joined())
                }
                try connection.send(#"{"op":"token","prof"#)
                daemon.program.signal(SIGTERM)
                let ids = try await blocking {
                    var ids: [Int64?] = []
                    while let line = try connection.line() { ids.append(try Reply(line)["id"]?.wholeNumber) }
                    return ids
                }
                #expect(ids == (0..<1_000).map { $0 })
                #expect(try await daemon.program.end() == .exited(0))
            }
        }

        /// Another connection's request is answered after those that came before it.
        private func answered(_ daemon: Daemon) async throws {
            #expect(try await daemon.ask(#"{"op":"ping"}"#)["pong"]?.bool == true)
        }
    }
}
