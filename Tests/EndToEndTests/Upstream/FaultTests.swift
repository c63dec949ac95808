import AuthServerSimulator
import BearerJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Some rows of the table in Faults.md, with a real daemon.
    @Suite("Faults")
    struct FaultTests {
        static let rows: [(name: String, fault: Fault)] = [
            ("503", .status(503)), ("200 with 1 GiB", .huge(bytes: 1 << 30)),
            ("reset in mid-answer", .resetAfter(bytes: 60)),
            ("`expires_in` 0", .lifetime(json: "0")),
            (
                "`access_token` with a line break",
                .body(#"{"access_token":"eyJ\n","token_type":"bearer","expires_in":9}"#)
            ),
        ]

        @Test("what the documentation says of a fault is what the daemon says", arguments: rows)
        func documented(name: String, fault: Fault) async throws {
            let root = "\(#filePath)".split(separator: "/Tests/EndToEndTests/")[0]
            let table = try MarkdownTable(
                column: "Endpoint", path: "\(root)/Sources/BearerService/BearerService.docc/Faults.md")
            let row = try #require(table.rows.first { $0[0] == name && $0[1] == "token" })
            let (label, error) = (row[3].filter { $0 != "`" }, row[4].filter { $0 != "`" })
            try await Host.run { host in
                host.simulator.script(.token, [], then: fault)
                let daemon = try await host.start()
                try await daemon.line(containing: "the token request failed (\(label))")
                #expect(try await daemon.ask(#"{"op":"token","wait":0}"#).error == error)
                let status = try await daemon.ask(#"{"op":"status"}"#)
                #expect(status.profile?["state"]?.string == "degraded")
                #expect(status.profile?["last_error"]?["error"]?.string == label)
                let peak = try Files.text("/proc/\(daemon.program.pid)/status").split(separator: "\n")
                    .first { $0.hasPrefix("VmHWM:") }?.split { !$0.isNumber }.first.flatMap { Int($0) }
                #expect(try #require(peak) < 200_000, "kB in memory at most, whatever the server sends")
                host.simulator.script(.token, [])
                #expect(try await daemon.ask(#"{"op":"token","wait":60}"#).token != nil)
                try await daemon.line(containing: "a token again after")
                #expect(daemon.lines.count { $0.contains("the token request failed") } == 1)
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("the current token is served to its end, and the journal has three entries")
        func end() async throws {
            try await Host.run(.lifetime(6)) { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                let start = ContinuousClock.now
                host.simulator.script(.token, [], then: .status(503))
                try await daemon.line(containing: "the token request failed (http_503)")
                var reply = try await daemon.ask(#"{"op":"token","wait":0}"#)
                while reply.token == token {
                    pause(.milliseconds(20))
                    reply = try await daemon.ask(#"{"op":"token","wait":0}"#)
                }
                #expect((.seconds(4) ..< .seconds(6)).contains(ContinuousClock.now - start))
                #expect(reply.error == "temporarily_unavailable")
                try await daemon.line(containing: "the token has ended")
                host.simulator.script(.token, [])
                #expect(try await daemon.ask(#"{"op":"token","wait":60}"#).token != nil)
                try await daemon.line(containing: "a token again after")
                #expect(daemon.lines.count { $0.contains("failed (") } == 1)
            }
        }
    }
}
