import AuthServerSimulator
import BearerJSON
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Limits")
    struct LimitsTests {
        @Test("a request of a megabyte is turned down and the connection closed", arguments: ["", "\n"])
        func tooLarge(ending: String) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let (reply, rest) = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    // The daemon may stop listening before all of it is sent.
                    try? connection.send(String(repeating: "x", count: 1 << 20) + ending)
                    return (try connection.reply(), try? connection.line())
                }
                #expect(reply.error == "request_too_large")
                #expect(rest == nil)
                #expect(host.simulator.isValid(try await daemon.token()))
            }
        }

        @Test("a line that takes too long ends the connection; an idle connection lives on")
        func slowLine() async throws {
            try await Host.run(settings: "limits: {line_timeout: 1}") { host in
                let daemon = try await host.start()
                let idle = try Connection(to: daemon.socket)
                let (reply, rest) = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    try connection.send(#"{"op":"#)
                    return (try connection.reply(), try connection.line())
                }
                #expect(reply.error == "invalid_request")
                #expect(rest == nil)
                let pong = try await blocking { try idle.ask(#"{"op":"ping"}"#) }
                #expect(pong["pong"]?.bool == true)
            }
        }

        @Test(
            "one connection too many is told to slow down and closed",
            arguments: [("connections: 2", 2 + 16), ("connections_per_user: 2", 2)])
        func tooManyConnections(limit: String, most: Int) async throws {
            try await Host.run(settings: "limits: {\(limit)}") { host in
                let daemon = try await host.start()
                let (reply, rest) = try await blocking {
                    // The user that the daemon runs as has the reserve of `connections` besides.
                    let open = try (0..<most).map { _ in try Connection(to: daemon.socket) }
                    for connection in open { _ = try connection.ask(#"{"op":"ping"}"#) }
                    let third = try Connection(to: daemon.socket)
                    let outcome = (try third.reply(), try third.line())
                    _ = try open[0].ask(#"{"op":"token"}"#)
                    return outcome
                }
                #expect(reply.error == "slow_down")
                #expect(try #require(reply.retryAfter) >= 1)
                #expect(rest == nil)
                try await daemon.line(containing: "turned away")
            }
        }

        @Test("a client that never reads is its own problem")
        func neverReads() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let greedy = try Connection(to: daemon.socket)
                greedy.stopWaitingForRoom()
                try await blocking {
                    let requests = String(repeating: "{\"op\":\"token\"}\n", count: 1_000)
                    while (try? greedy.send(requests)) != nil {}
                }
                let start = ContinuousClock.now
                #expect(host.simulator.isValid(try await daemon.token()))
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(try residentMegabytes(daemon) < 256)
            }
        }

        private func residentMegabytes(_ daemon: Daemon) throws -> Int {
            let pages = try Files.text("/proc/\(daemon.program.pid)/statm").split(separator: " ")
            return try #require(Int(pages[1])) * Int(getpagesize()) >> 20
        }
    }
}
