import AuthServerSimulator
import BearerJSON
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Several hosts with the client credentials of one registration.
    @Suite("Provisioned hosts")
    struct ProvisionedHostTests {
        /// Runs a test with a host that has registered, and another to which it has exported its client credentials.
        private func withTwoHosts(_ test: (_ first: Host, _ second: Host) async throws -> Void) async throws {
            try await Host.run { first in
                _ = try await first.start().token()
                try await first.withProvisionedHost { second in
                    try await export(from: first, to: second)
                    try await test(first, second)
                }
            }
        }

        private func export(from first: Host, to second: Host) async throws {
            let exported = try await first.control(["export"])
            #expect(exported.status == 0 && exported.errors == "")
            try Files.write(exported.output, to: second.clientFile)
        }

        @Test("what export prints is what client: takes: both hosts serve, by one registration")
        func served() async throws {
            try await withTwoHosts { first, second in
                let pair = try JSONValue(parsing: Files.text(second.clientFile).utf8)
                #expect(pair.object?.keys == ["client_id", "client_secret"])
                #expect(pair["client_secret"]?.string == Canary.clientSecrets(below: first.stateDirectory).first)
                let daemon = try await second.start()
                #expect(first.simulator.isValid(try await daemon.token()))
                let clients = Set(first.simulator.calls(to: .token).map(\.clientID))
                #expect(clients == [pair["client_id"]?.string])
                #expect(try await daemon.ask(#"{"op":"status"}"#).profile?["provisioned"]?.bool == true)
                #expect(try await second.control(["status"]).output.contains(" (provisioned) "))
                #expect(try await second.control(["export"]).output == first.control(["export"]).output)
                #expect(Files.names(in: second.stateDirectory).filter { !$0.hasPrefix(".") } == [])
                #expect(first.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("invalid_client never has the other host register: not after a kill, and not by force; a reload mends it")
        func refused() async throws {
            try await withTwoHosts { first, second in
                let daemon = try await second.start()
                _ = try await daemon.token()
                try await daemon.stop(SIGKILL)
                first.simulator.script(.token, [], then: .error("invalid_client"))
                let again = try await second.start()
                try await again.line(containing: "event=profile_refused")
                let reply = try await again.ask(#"{"op":"token"}"#)
                #expect(reply.error == "registration_refused")
                for arguments in [["register"], ["register", "--force"]] {
                    let answer = try await second.control(arguments)
                    #expect(answer.status == EX_USAGE && answer.errors.contains(second.clientFile))
                }
                first.simulator.script(.token, [])
                #expect(try await second.control(["reload"]).status == 0)
                try await again.line(containing: "event=recovered")
                #expect(first.simulator.isValid(try await again.token()))
                #expect(first.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("others are put in their place and taken by a reload; broken ones change nothing")
        func rotated() async throws {
            try await withTwoHosts { first, second in
                let daemon = try await second.start()
                let old = try await daemon.token()
                let watcher = try Connection(to: second.socket)
                try watcher.send(#"{"op":"watch"}"# + "\n")
                #expect(try await blocking { try watcher.reply() }.token == old)
                #expect(try await first.control(["register", "--force"]).status == 0)
                try Files.write("[]", to: second.clientFile)
                let broken = try await second.control(["reload"])
                #expect(
                    broken.status == EX_CONFIG && broken.errors.contains("\(second.clientFile): an array was found"))
                #expect(try await daemon.token() == old)
                try await export(from: first, to: second)
                #expect(try await second.control(["reload"]).status == 0)
                let new = try await blocking { try watcher.reply() }
                #expect(new.token != old && new.generation == 2)
                #expect(
                    first.simulator.calls(to: .token).last?.clientID
                        == first.simulator.calls(to: .register).last?.clientID)
                try await daemon.line(containing: "with other client credentials for default")
                #expect(first.simulator.calls(to: .register).count == 2, "both of the first host")
            }
        }

        @Test(
            "a start without usable credentials exits with 78, says where, and asks nobody",
            arguments: [nil, "", "[]", #"{"client_id":"a"}"#, #"{"client_id":"a","client_secret":"canary"#])
        func badStart(text: String?) async throws {
            try await Host.run { host in
                try host.configure(isProvisioned: true)
                if let text { try Files.write(text, to: host.clientFile) }
                let (status, lines) = try await host.runToEnd()
                #expect(status == EX_CONFIG)
                #expect(lines.contains { $0.contains(host.clientFile) } && !lines.contains { $0.contains("canary") })
                let check = try await host.check()
                #expect(check.status == EX_CONFIG && check.errors.contains(host.clientFile))
                #expect(host.simulator.calls == [])
            }
        }

        @Test("a directory in the place of the file exits with 78")
        func directory() async throws {
            try await Host.run { host in
                try host.configure(isProvisioned: true)
                mkdir(host.clientFile, 0o700)
                let (status, lines) = try await host.runToEnd()
                #expect(status == EX_CONFIG && lines.contains { $0.contains("\(host.clientFile): a directory") })
            }
        }

        @Test("check shows whose credentials a profile is given")
        func check() async throws {
            try await Host.run { host in
                try host.configure(isProvisioned: true)
                try Files.write(#"{"client_id":"c-1","client_secret":"canary-s"}"#, to: host.clientFile)
                let check = try await host.check()
                #expect(check.status == 0)
                #expect(check.output.contains("# profile default: provisioned: \(host.clientFile): client c-1\n"))
                #expect(!check.output.contains("canary"))
            }
        }

        @Test("export does not show the secret on a terminal unless it must")
        func terminal() async throws {
            try await Host.run { host in
                _ = try await host.start().token()
                func export(_ options: String) async throws -> FinishedProgram {
                    try await FinishedProgram.run(
                        "/usr/bin/script", ["-qec", "\(Programs.path("bearerctl")) export\(options)", "/dev/null"],
                        environment: ["BEARERD_SOCKET": host.socket])
                }
                let refused = try await export("")
                #expect(refused.status == EX_USAGE && refused.output.contains("--force"))
                let shown = try await export(" --force")
                #expect(shown.status == 0 && shown.output.contains(#""client_secret":"#))
                #expect(!refused.output.contains(#""client_secret":"#))
            }
        }

        @Test("nor in the journal, which $JOURNAL_STREAM names")
        func journal() async throws {
            try await Host.run { host in
                _ = try await host.start().token()
                let journal = host.directory + "/journal"
                try Files.write("", to: journal)
                let script = "JOURNAL_STREAM=$(stat -c %d:%i $0) exec \(try Programs.path("bearerctl")) export > $0"
                let refused = try await FinishedProgram.run(
                    "/bin/sh", ["-c", script, journal], environment: ["BEARERD_SOCKET": host.socket])
                #expect(refused.status == EX_USAGE)
                #expect(refused.errors.contains("standard output is the journal"))
                #expect(try Files.text(journal) == "")
            }
        }

        @Test(
            "an ordinary user may not export",
            .enabled(if: geteuid() == 0, "only root can run a client as somebody else"))
        func denied() async throws {
            try await Host.run(profile: "allow: {users: [0, 54321]}") { host in
                let daemon = try await host.start(["--socket-mode", "0666"])
                _ = try await daemon.token()
                let answer = try await host.control(["export"], user: 54_321)
                #expect(answer.status == EX_NOPERM && answer.output == "")
            }
        }
    }
}
