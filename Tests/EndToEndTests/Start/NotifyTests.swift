import AuthServerSimulator
import Glibc
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What systemd is told")
    struct NotifyTests {
        @Test("STATUS= says what is waited for, READY=1 comes with the token, STOPPING=1 at the end")
        func order() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [.delay(.milliseconds(300))])
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let daemon = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                let start = try await blocking { try systemd.messages(upTo: "READY=1") }
                #expect(host.simulator.calls(to: .token).count == 1)
                let told = start.filter { !$0.hasPrefix("FDSTORE=1") }
                #expect(told.first?.hasPrefix("STATUS=default: waiting for ") == true)
                #expect(told.dropLast().last?.hasPrefix("STATUS=default: token for 5 h 59 min, next renewal ") == true)
                try await daemon.stop()
                let end = try await blocking { try systemd.messages(upTo: "STATUS=stopped") }
                let others = (start + end).filter { !$0.hasPrefix("STATUS=default: ") }
                #expect(
                    others.filter { $0 != "STATUS=stopping" }.sorted() == [
                        "FDSTORE=1\nFDNAME=token-default-1", "READY=1", "STATUS=stopped", "STOPPING=1",
                    ])
            }
        }

        @Test("while the names in allow are looked up, STATUS= says so; then why the start failed, and how to go on")
        func unknownUser() async throws {
            let profile = "allow: {users: [nobody-has-this-name]}"
            try await Host.run(settings: "startup: {wait: 2}", profile: profile) { host in
                let reason = "profile default: allow: this host does not know user nobody-has-this-name"
                let failure = "STATUS=not started: \(reason)"
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let daemon = try await host.launch(environment: ["NOTIFY_SOCKET": systemd.path])
                let said = try await blocking { try systemd.messages(upTo: failure) }
                #expect(said.first == "STATUS=waiting: \(reason)")
                #expect(try await daemon.program.end() == .exited(78))
                try await daemon.line(
                    containing: "systemctl start bearerd")
            }
        }

        @Test("READY=1 comes after startup.wait even without a token, and STATUS= stays true")
        func waitIsOver() async throws {
            try await Host.run(settings: "startup: {wait: 1}") { host in
                host.simulator.script(.register, [], then: .status(503))
                let systemd = try DatagramSocket(path: host.directory + "/notify")
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
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let begin = ContinuousClock.now
                _ = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                let start = try await blocking { try systemd.messages(upTo: "READY=1") }
                #expect(ContinuousClock.now - begin < .seconds(20))
                #expect(start.dropLast().last?.contains("refused (unapproved_software_statement)") == true)
            }
        }
    }
}
