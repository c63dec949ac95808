import Glibc
import Testing

extension EndToEnd {
    @Suite("bearerctl as a process")
    struct ControlProcessTests {
        @Test("a command that exec becomes has no signal blocked and no descriptor of ours")
        func exec() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let result = try await host.control([
                    "exec", "--", "/bin/sh", "-c", "grep SigBlk /proc/self/status; ls -l /proc/$$/fd",
                ])
                #expect(result.status == 0)
                #expect(result.output.contains("SigBlk:\t0000000000000000\n"))
                #expect(!result.output.contains("socket:") && !result.output.contains("eventfd"))
            }
        }

        @Test("a reader of stdout that is gone ends it by SIGPIPE")
        func brokenPipe() async throws {
            try await Host.run(.lifetime(4), settings: "renewal: {at: 0.3, jitter: 0}") { host in
                _ = try await host.start()
                let script = #"{ "$1" watch; kill -l $? >&2; } | head -n 1"#
                let result = try await FinishedProgram.run(
                    "/bin/sh", ["-c", script, "sh", try Programs.path("bearerctl")],
                    environment: ["BEARERD_SOCKET": host.socket])
                #expect(try Reply(String(result.output.dropLast())).generation == 1)
                #expect(result.errors == "PIPE\n")
            }
        }
    }
}
