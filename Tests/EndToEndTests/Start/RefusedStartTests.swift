import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Refused starts")
    struct RefusedStartTests {
        struct Bad: CustomTestStringConvertible, Sendable {
            let settings: String
            let profile: String
            /// Line and column of the finding.
            let place: String

            var testDescription: String { settings + profile }
        }

        @Test(
            "a bad configuration exits with 78, says where, and asks nobody",
            arguments: [
                Bad(settings: "log_levl: info", profile: "", place: ":3:1"),
                Bad(settings: "startup: {wait: 99}", profile: "", place: ":3:17"),
                Bad(settings: "audit: [yes", profile: "", place: ":"),
                Bad(settings: "audit: true\naudit: true", profile: "", place: ":4:1"),
                Bad(settings: "", profile: "alow: {users: [root]}", place: ":7:5"),
                Bad(settings: "", profile: "allow: {}", place: ":7:"),
            ])
        func badConfiguration(bad: Bad) async throws {
            try await Host.run { host in
                try host.configure(settings: bad.settings, profile: bad.profile)
                let (status, lines) = try await host.runToEnd()
                #expect(status == EX_CONFIG)
                #expect(lines.joined(separator: "\n").contains(host.configurationFile + bad.place))
                #expect(host.simulator.calls == [])
            }
        }

        @Test("a statement that is missing or no compact JWS exits with 78", arguments: [nil, "not a statement", ""])
        func badStatement(text: String?) async throws {
            try await Host.run { host in
                unlink(host.statementFile)
                if let text { try Files.write(text, to: host.statementFile) }
                let (status, lines) = try await host.runToEnd()
                #expect(status == EX_CONFIG)
                #expect(lines.contains { $0.contains(host.statementFile) })
                #expect(host.simulator.calls == [])
            }
        }

        @Test("an unknown user in allow is looked up again, then refused")
        func unknownUser() async throws {
            try await Host.run(settings: "startup: {wait: 2}", profile: "allow: {users: [no-such-user-here]}") { host in
                let start = ContinuousClock.now
                let (status, lines) = try await host.runToEnd()
                #expect(status == EX_CONFIG)
                #expect(ContinuousClock.now - start > .seconds(1))
                #expect(lines.contains { $0.contains("no-such-user-here") })
                #expect(host.simulator.calls == [])
            }
        }

        @Test(
            "a usage error exits with 64", arguments: [["--bogus"], ["--socket-mode", "9"], ["--log-level", "loud"]])
        func usage(arguments: [String]) async throws {
            try await Host.run { host in
                let (status, _) = try await host.runToEnd(arguments)
                #expect(status == EX_USAGE)
            }
        }

        @Test("a socket that everybody can open, without allow, exits with 78")
        func openSocket() async throws {
            try await Host.run { host in
                let (status, lines) = try await host.runToEnd(["--socket-mode", "0666"])
                #expect(status == EX_CONFIG)
                #expect(lines.contains { $0.contains("allow") })
                #expect(host.simulator.calls == [])
            }
        }

        @Test("a second daemon on the same state directory exits with 75 and leaves the first alone")
        func second() async throws {
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                let (status, lines) = try await host.runToEnd(["--socket", host.directory + "/other.sock"])
                #expect(status == EX_TEMPFAIL)
                #expect(lines.contains { $0.contains("\(first.program.pid)") })
                #expect(try await first.token().isEmpty == false)
                #expect(host.simulator.calls.count == 2)
            }
        }
    }
}
