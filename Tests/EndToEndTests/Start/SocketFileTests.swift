import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The socket's file")
    struct SocketFileTests {
        @Test("a stale socket is replaced")
        func stale() async throws {
            try await Host.run { host in
                try await host.start().stop(SIGKILL)
                #expect(Files.mode(host.socket) != nil)
                let daemon = try await host.start()
                #expect(host.simulator.isValid(try await daemon.token()))
            }
        }

        @Test("a socket that somebody serves stays theirs")
        func running() async throws {
            try await Host.run { host in
                let first = try await host.start()
                let (status, lines) = try await host.runToEnd(["--state-directory", host.directory + "/other"])
                #expect(status == EX_CONFIG)
                #expect(lines.contains { $0.contains("another process listens there") })
                #expect(host.simulator.isValid(try await first.token()))
            }
        }

        @Test("a file that is no socket is not removed")
        func file() async throws {
            try await Host.run { host in
                try Files.write("precious", to: host.socket)
                let (status, _) = try await host.runToEnd()
                #expect(status == EX_CONFIG)
                #expect(try Files.text(host.socket) == "precious")
            }
        }

        @Test("the mode is 0660, or what --socket-mode says", arguments: [nil, "0600", "0640"])
        func mode(text: String?) async throws {
            try await Host.run { host in
                _ = try await host.start(text.map { ["--socket-mode", $0] } ?? [])
                let expected = try #require(mode_t(text ?? "0660", radix: 8))
                #expect(try #require(Files.mode(host.socket)) & 0o7777 == expected)
            }
        }
    }
}
