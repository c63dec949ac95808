import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("bearerctl's exit codes")
    struct ControlFailureTests {
        @Test("usage errors", arguments: [["tokn"], ["token", "--bogus"], ["token", "--wait", "x"], ["exec"]])
        func usage(arguments: [String]) async throws {
            try await Host.run { host in
                let result = try await host.control(arguments)
                #expect(result.status == EX_USAGE)
                #expect(result.output == "")
            }
        }

        @Test("no daemon", arguments: [["token"], ["status"], ["ping"], ["watch"], ["metrics"], ["reload"]])
        func noDaemon(arguments: [String]) async throws {
            try await Host.run { host in
                let result = try await host.control(arguments)
                #expect(result.status == EX_UNAVAILABLE)
                #expect(result.output == "")
                #expect(result.errors.contains(host.socket))
            }
        }

        @Test("no token for the time being, and an unknown profile")
        func noToken() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .status(503))
                _ = try await host.start()
                let result = try await host.control(["token", "--wait", "0"])
                #expect(result.status == EX_TEMPFAIL)
                #expect(result.output == "")
                #expect(try await host.control(["token", "--profile", "another"]).status == EX_CONFIG)
            }
        }

        @Test("a refused registration")
        func refused() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .error("invalid_software_statement"))
                let daemon = try await host.start()
                try await daemon.line(containing: "refuses registration")
                let result = try await host.control(["token"])
                #expect(result.status == EX_CONFIG)
                #expect(result.output == "")
                #expect(result.errors.contains("invalid_software_statement"))
            }
        }

        @Test(
            "where standard output is closed, no answer is written to what is opened next",
            arguments: ["token", "watch"])
        func closedOutput(command: String) async throws {
            try await Host.run { host in
                _ = try await host.start()
                let result = try await FinishedProgram.run(
                    "/bin/sh", ["-c", #"exec "$1" "$2" >&-"#, "sh", try Programs.path("bearerctl"), command],
                    environment: ["BEARERD_SOCKET": host.socket])
                #expect(result.status == EX_IOERR)
                #expect(result.errors.contains("standard output: Bad file descriptor"))
            }
        }

        @Test("a check whose result cannot be written is no success", arguments: [">&-", ">/dev/full"])
        func closedCheck(output: String) async throws {
            try await Host.run { host in
                let script = "exec \(try Programs.path("bearerctl")) check \(host.configurationFile) \(output)"
                let result = try await FinishedProgram.run("/bin/sh", ["-c", script])
                #expect(result.status == EX_IOERR)
                #expect(result.errors.contains("standard output: "))
            }
        }

        @Test(
            "what does not speak as bearerd does is told",
            arguments: [
                ("token", #"{"access_token":"a\nb","expires_in":9,"expires_at":9,"profile":"p"}"#, "access_token"),
                ("reload", #"{"access_token":"ab","expires_in":9,"expires_at":9,"profile":"p"}"#, "reload"),
                ("token", #"{"pong":true}"#, "access_token"), ("status", #"{"pong":true}"#, "profiles"),
            ])
        func stranger(command: String, line: String, message: String) async throws {
            let result = try await answer(to: command, with: line)
            #expect(result.status == EX_SOFTWARE)
            #expect(result.output == "")
            #expect(result.errors.contains(message), "\(result.errors)")
        }

        @Test("times that no clock shows are printed all the same", arguments: [Int64.min, .max])
        func times(time: Int64) async throws {
            let line =
                #"{"version":"1","pid":1,"started_at":\#(time),"connections":0,"profiles":[]}"#
            let result = try await answer(to: "status", with: line)
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("bearerd 1, pid 1, up "))
        }

        /// What `bearerctl` makes of `line`; "": no answer at all.
        private func answer(to command: String, with line: String) async throws -> FinishedProgram {
            let directory = TemporaryDirectory(mode: 0o755)
            let proxyDaemon = try ProxyDaemon(at: directory.path + "/socket")
            let serving = Task { try await blocking { try proxyDaemon.serve(line.isEmpty ? "" : line + "\n") } }
            let result = try await FinishedProgram.run(
                Programs.path("bearerctl"), [command, "--socket", proxyDaemon.path])
            proxyDaemon.stop()
            _ = try await serving.value
            return result
        }

        @Test(
            "what the daemon may say of itself",
            arguments: [
                (#"{"error":"server_error","error_description":"x"}"#, EX_SOFTWARE),
                (#"{"error":"slow_down","error_description":"x","retry_after":3}"#, EX_TEMPFAIL),
                (#"{"error":"access_denied","error_description":"x"}"#, EX_NOPERM),
                ("", EX_UNAVAILABLE),
            ])
        func replies(line: String, status: CInt) async throws {
            let result = try await answer(to: "token", with: line)
            #expect(result.status == status)
            #expect(result.output == "")
        }
    }
}
