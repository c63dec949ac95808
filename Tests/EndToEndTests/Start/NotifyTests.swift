import AuthServerSimulator
import Glibc
import Testing

extension EndToEnd {
    @Suite("What systemd is told")
    struct NotifyTests {
        @Test("STATUS= says what is waited for, READY=1 comes with the token, STOPPING=1 at the end")
        func order() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [.delay(.milliseconds(300))])
                let systemd = try NotifySocket(at: host.directory + "/notify")
                let daemon = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                let start = try await blocking { try systemd.messages(upTo: "READY=1") }
                #expect(host.simulator.calls(to: .token).count == 1)
                let told = start.filter { !$0.hasPrefix("FDSTORE=1") }
                #expect(told.first?.hasPrefix("STATUS=default: waiting for ") == true)
                #expect(told.dropLast().last?.hasPrefix("STATUS=default: token for 5 h 59 min, next renewal ") == true)
                try await daemon.stop()
                let end = try await blocking { try systemd.messages(upTo: "STOPPING=1") }
                let others = (start + end).filter { !$0.hasPrefix("STATUS=default: ") }
                #expect(others.sorted() == ["FDSTORE=1\nFDNAME=token-default-1", "READY=1", "STOPPING=1"])
            }
        }

        @Test("READY=1 comes after startup.wait even without a token, and STATUS= stays true")
        func waitIsOver() async throws {
            try await Host.run(settings: "startup: {wait: 1}") { host in
                host.simulator.script(.register, [], then: .status(503))
                let systemd = try NotifySocket(at: host.directory + "/notify")
                let begin = ContinuousClock.now
                let daemon = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                let start = try await blocking { try systemd.messages(upTo: "READY=1") }
                #expect(ContinuousClock.now - begin > .milliseconds(900))
                #expect(start.dropLast().last?.contains("failing") == true)
                try await daemon.line(containing: "ready without a token for default")
            }
        }

        @Test("a refused profile is an outcome: READY=1 comes at once")
        func refused() async throws {
            try await Host.run(settings: "startup: {wait: 60}") { host in
                host.simulator.script(.register, [], then: .error("unapproved_software_statement"))
                let systemd = try NotifySocket(at: host.directory + "/notify")
                let begin = ContinuousClock.now
                _ = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                let start = try await blocking { try systemd.messages(upTo: "READY=1") }
                #expect(ContinuousClock.now - begin < .seconds(20))
                #expect(start.dropLast().last?.contains("refused (unapproved_software_statement)") == true)
            }
        }
    }
}
