import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("bearerctl as a process")
    struct ControlProcessTests {
        @Test("a command that exec becomes has no signal blocked and no descriptor of ours")
        func exec() async throws {
            try await Host.run { host in
                _ = try await host.start()
                // Not by way of a shell: dash unblocks signals itself.
                let status = try await host.control(["exec", "--", "/bin/grep", "SigBlk", "/proc/self/status"])
                #expect(status.output == "SigBlk:\t0000000000000000\n")
                let descriptors = try await host.control(["exec", "--", "/bin/ls", "-l", "/proc/self/fd"])
                #expect(descriptors.status == 0)
                #expect(!descriptors.output.contains("socket:") && !descriptors.output.contains("eventfd"))
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

        @Test("register is sent once, also when the connection is lost, and says where to look")
        func lostRegistration() async throws {
            let directory = TemporaryDirectory(mode: 0o755)
            let proxyDaemon = try ProxyDaemon(at: directory.path + "/socket")
            let serving = Task { try await blocking { try proxyDaemon.serve("") } }
            let result = try await FinishedProgram.run(
                Programs.path("bearerctl"), ["register", "--force", "--socket", proxyDaemon.path])
            proxyDaemon.stop()
            #expect(try await serving.value == 1)
            #expect(result.status == EX_UNAVAILABLE)
            #expect(result.output == "")
            #expect(result.errors.contains("bearerctl status"))
        }
    }
}
