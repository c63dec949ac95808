import AuthServerSimulator
import BearerJSON
import Glibc
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
    @Suite("bearerctl")
    struct ControlTests {
        @Test("token prints the token, the header, or the reply, and nothing else")
        func token() async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                for (arguments, expected) in [
                    (["token"], token), (["token", "--bare", "--wait", "0"], token),
                    (["token", "--header"], "Authorization: Bearer \(token)"),
                ] {
                    let result = try await host.control(arguments)
                    #expect(result.status == 0)
                    #expect(result.output == expected + "\n")
                    #expect(result.errors == "")
                }
                let json = try await host.control(["token", "--json", "--profile", "default", "--min-valid", "60"])
                #expect(json.status == 0)
                #expect(try Reply(String(json.output.dropLast())).token == token)
            }
        }

        @Test("status shows a table, or the reply")
        func status() async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                let table = try await host.control(["status"])
                #expect(table.status == 0)
                #expect(table.output.contains("default  ready") && table.output.contains(host.simulator.baseURL))
                let json = try await host.control(["status", "--json"])
                #expect(json.status == 0)
                let profile = try #require(try Reply(String(json.output.dropLast())).profile)
                #expect(profile["state"]?.string == "ready")
                #expect(profile["client_id"]?.string == host.simulator.calls.first?.clientID)
                #expect(profile["generation"]?.wholeNumber == 1)
                #expect(profile["state_durable"]?.bool == true)
                let metrics = try await host.control(["metrics"])
                #expect(metrics.status == 0)
                #expect(metrics.output.contains("bearerd_token_expiry_timestamp_seconds{profile=\"default\"} "))
                let secrets = Canary.clientSecrets(below: host.stateDirectory) + [token]
                #expect(secrets.count == 2)
                for text in [table.output, json.output, metrics.output] {
                    #expect(!secrets.contains { text.contains($0) })
                }
            }
        }

        @Test(
            "who may see no profile is told so",
            .enabled(if: geteuid() == 0, "only root can run a client as somebody else"))
        func nothingToSee() async throws {
            try await Host.run(profile: "allow: {users: [0]}") { host in
                _ = try await host.start(["--socket-mode", "0666"])
                let table = try await host.control(["status"], user: 54_321)
                #expect(
                    table.status == 0 && table.output.hasSuffix("\n\nThere is no profile that this user may see.\n"))
            }
        }

        @Test("an answer that cannot be written is an error", arguments: ["token", "metrics", "export"])
        func fullOutput(command: String) async throws {
            try await Host.run { host in
                _ = try await host.start().token()
                let result = try await FinishedProgram.run(
                    "/bin/sh",
                    ["-c", "exec \(try Programs.path("bearerctl")) \(command) --socket \(host.socket) > /dev/full"])
                #expect(result.status == EX_IOERR)
                #expect(result.errors == "bearerctl: standard output: No space left on device\n")
            }
        }

        @Test("ping prints the version")
        func ping() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let result = try await host.control(["ping"])
                #expect(result.status == 0)
                #expect(result.output.split(separator: ".").count == 3)
            }
        }

        @Test("watch prints a line of JSON a generation and ends with 69 when the daemon does")
        func watch() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let watch = try await RunningProgram.start(
                    Programs.path("bearerctl"), ["watch", "--socket", daemon.socket])
                let line = try await watch.transcript.line(containing: "access_token")
                #expect(try Reply(line).generation == 1)
                try await daemon.stop()
                #expect(try await watch.end() == .exited(EX_UNAVAILABLE))
            }
        }

        @Test("renew takes the rejected token from $BEARER_TOKEN or standard input")
        func renew() async throws {
            try await Host.run { host in
                let first = try await host.start().token()
                let second = try await host.control(["renew"], input: first + "\n")
                #expect(second.status == 0)
                #expect(host.simulator.isValid(String(second.output.dropLast())))
                #expect(second.output != first + "\n")
                let again = try await host.control(["renew"], environment: ["BEARER_TOKEN": first])
                #expect(again.output == second.output)
                #expect(try await host.control(["renew"], input: second.output).status == EX_TEMPFAIL)
                #expect(try await host.control(["renew"]).status == EX_USAGE)
                #expect(host.simulator.calls(to: .token).count == 2)
            }
        }

        @Test("exec becomes the command with the token in its environment")
        func exec() async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                let result = try await host.control([
                    "exec", "--", "/bin/sh", "-c", "printf %s \"$BEARER_TOKEN\"; exit 7",
                ])
                #expect(result.status == 7)
                #expect(result.output == token)
                #expect(try await host.control(["exec", "--wait", "0", "--", "/bin/true"]).status == 0)
                #expect(try await host.control(["exec", "--", "/no/such/command"]).status == 127)
            }
        }

        @Test("check prints what a configuration comes to, or what is wrong with it")
        func check() async throws {
            try await Host.run(settings: "log_level: debug") { host in
                let good = try await host.check()
                #expect(good.status == 0)
                #expect(good.output.contains("log_level: debug"))
                #expect(good.output.contains(host.simulator.baseURL))
                #expect(
                    good.output.contains("# MemoryMax= of the unit: at least 122M")
                        && !good.errors.contains("warning"))
                try host.configure(settings: "limits: {connections: 65536}")
                let large = try await host.check()
                #expect(large.errors.contains("warning: limits.connections is 65536"))
                try host.configure(settings: "log_level: loud")
                let bad = try await host.check()
                #expect(bad.status == EX_CONFIG)
                #expect(bad.output == "")
                #expect(bad.errors.contains(host.configurationFile + ":3:"))
                try host.configure(profile: "allow: {users: [nobody-of-this-name], groups: [none-of-this-name]}")
                let unknown = try await host.check()
                #expect(unknown.status == EX_CONFIG)
                #expect(unknown.errors.contains("user nobody-of-this-name, group none-of-this-name"))
                #expect(host.simulator.calls == [])
            }
        }

        @Test("reload takes a good configuration and refuses a bad one, which changes nothing")
        func reload() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                try host.configure(settings: "audit: true")
                #expect(try await host.control(["reload"]).status == 0)
                #expect(try await daemon.token() == token)
                try await daemon.line(containing: "given to uid")
                try host.configure(settings: "audit: perhaps")
                let bad = try await host.control(["reload"])
                #expect(bad.status == EX_CONFIG)
                #expect(bad.errors.contains(host.configurationFile + ":3:"))
                #expect(try await daemon.token() == token)
                #expect(host.simulator.calls.count == 2)
            }
        }

        @Test("an order to register that waits shows in status, and ending the command takes it back")
        func registerTakenBack() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                host.simulator.script(.token, [.throttled])
                _ = try await daemon.ask(#"{"op":"renew","wait":1,"rejected":"\#(token)"}"#)
                let register = try await RunningProgram.start(
                    Programs.path("bearerctl"), ["register", "--force", "--socket", daemon.socket])
                var output = ""
                while !output.contains("warning: registration_forced") {
                    output = try await host.control(["status"]).output
                    try Task.checkCancellation()
                }
                register.signal(SIGINT)
                _ = try await register.end()
                while output.contains("registration_forced") { output = try await host.control(["status"]).output }
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("register needs --force where there are credentials, keeps the old ones, and warns")
        func register() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                #expect(try await host.control(["register"]).status == EX_USAGE)
                #expect(host.simulator.calls(to: .register).count == 1)
                let forced = try await host.control(["register", "--force"])
                #expect(forced.status == 0)
                let calls = host.simulator.calls(to: .register)
                #expect(calls.count == 2)
                #expect(forced.output == (calls.last?.clientID ?? "") + "\n")
                #expect(forced.errors.contains("sign in again"))
                #expect(Files.names(in: host.stateDirectory + "/default").contains { $0.contains(".retired-") })
                #expect(Canary.clientSecrets(below: host.stateDirectory).count == 2)
            }
        }
    }
}
