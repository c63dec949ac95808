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
            "what the daemon may say of itself",
            arguments: [
                (#"{"error":"server_error","error_description":"x"}"# + "\n", EX_SOFTWARE),
                (#"{"error":"slow_down","error_description":"x","retry_after":3}"# + "\n", EX_TEMPFAIL),
                (#"{"error":"access_denied","error_description":"x"}"# + "\n", EX_NOPERM),
                ("", EX_UNAVAILABLE),
            ])
        func replies(line: String, status: CInt) async throws {
            let directory = TemporaryDirectory(mode: 0o755)
            let proxyDaemon = try ProxyDaemon(at: directory.path + "/socket")
            let serving = Task { try await blocking { try proxyDaemon.serve(line) } }
            let result = try await FinishedProgram.run(
                Programs.path("bearerctl"), ["token", "--socket", proxyDaemon.path])
            proxyDaemon.stop()
            _ = try await serving.value
            #expect(result.status == status)
            #expect(result.output == "")
        }
    }
}
