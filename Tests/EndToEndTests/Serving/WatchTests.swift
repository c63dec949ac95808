import AuthServerSimulator
import BearerJSON
import Subprocess
import Testing

extension EndToEnd {
    @Suite("Watching")
    struct WatchTests {
        @Test("a watcher sees each generation once and in order, also after a half-close", arguments: [false, true])
        func generations(halfCloses: Bool) async throws {
            try await Host.run(.lifetime(4), settings: "renewal: {at: 0.3, jitter: 0}") { host in
                let daemon = try await host.start()
                let replies = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    try connection.send(#"{"op":"watch","id":7}"# + "\n")
                    if halfCloses { connection.halfClose() }
                    return try (0..<4).map { _ in try connection.reply() }
                }
                #expect(replies.map(\.generation) == [1, 2, 3, 4])
                #expect(Set(replies.map(\.token)).count == 4)
                #expect(replies.allSatisfy { $0["id"]?.wholeNumber == 7 })
                #expect(try host.simulator.isValid(#require(replies.last?.token)))
            }
        }

        @Test("a watcher is told once that the token has run out, and of the next one")
        func outage() async throws {
            try await Host.run(.lifetime(3), settings: "renewal: {at: 0.3, jitter: 0}") { host in
                host.simulator.script(.token, [.answer], then: .status(503))
                let daemon = try await host.start()
                let connection = try Connection(to: daemon.socket)
                let (first, second) = try await blocking {
                    try connection.send(#"{"op":"watch"}"# + "\n")
                    return (try connection.reply(), try connection.reply())
                }
                #expect(first.generation == 1)
                #expect(second.error == "temporarily_unavailable")
                host.simulator.script(.token, [])
                let third = try await blocking { try connection.reply() }
                #expect(third.generation == 2)
            }
        }

        @Test("a further line on a watching connection is an error and its end")
        func furtherLine() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let (first, second, rest) = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    try connection.send(#"{"op":"watch"}"# + "\n")
                    let first = try connection.reply()
                    return (first, try connection.ask(#"{"op":"ping"}"#), try connection.line())
                }
                #expect(first.generation == 1)
                #expect(second.error == "invalid_request")
                #expect(rest == nil)
            }
        }

        @Test("a watcher is told of a refusal, and bearerctl goes on watching")
        func refusal() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .error("unapproved_software_statement"))
                let daemon = try await host.start()
                let watch = try await RunningProgram.start(
                    Programs.path("bearerctl"), ["watch", "--socket", daemon.socket])
                _ = try await watch.transcript.line(containing: "registration_refused")
                #expect(!watch.transcript.hasEnded)
                try await daemon.stop()
                #expect(try await watch.end() == .exited(69))
            }
        }
    }
}
