import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Other users are needed: only root can become them.
    @Suite("Access", .enabled(if: geteuid() == 0, "needs root"))
    struct AccessTests {
        /// Users that no host has; what matters is the number.
        static let allowed: UInt32 = 54_321
        static let other: UInt32 = 54_322
        static let nobody: UInt32 = 65_534

        @Test(
            "allow decides by the peer that the kernel names",
            arguments: [
                ("{users: [54321]}", allowed, CInt(0)), ("{users: [54321]}", other, EX_NOPERM),
                ("{groups: [54321]}", allowed, 0), ("{groups: [54321]}", other, EX_NOPERM),
                ("{units: [x.service]}", allowed, EX_NOPERM), ("{users: [54321], groups: [54321]}", nobody, EX_NOPERM),
            ])
        func allow(policy: String, user: UInt32, status: CInt) async throws {
            try await Host.run(profile: "allow: \(policy)") { host in
                let daemon = try await host.start(["--socket-mode", "0666"])
                let result = try await Self.token(host, as: user)
                #expect(result.status == status)
                #expect(result.output.isEmpty == (status != 0))
                if status != 0 { try await daemon.line(containing: "uid \(user)") }
            }
        }

        @Test("root sees status, but is given a token only if named")
        func root() async throws {
            try await Host.run(profile: "allow: {users: [54321]}") { host in
                let daemon = try await host.start()
                #expect(try await daemon.ask(#"{"op":"token"}"#).error == "access_denied")
                #expect(try await daemon.ask(#"{"op":"status"}"#).profile != nil)
            }
        }

        @Test("others see no profile in status and may not reload or register")
        func others() async throws {
            try await Host.run(profile: "allow: {users: [54321]}") { host in
                _ = try await host.start(["--socket-mode", "0666"])
                let program = try Self.program(host)
                for command in [["reload"], ["register", "--force"]] {
                    let result = try await FinishedProgram.run(
                        program, command + ["--socket", host.socket], user: Self.allowed)
                    #expect(result.status == EX_NOPERM)
                }
                let status = try await FinishedProgram.run(
                    program, ["status", "--json", "--socket", host.socket], user: Self.other)
                #expect(try Reply(status.output).profile == nil)
                #expect(host.simulator.calls(to: .register).count <= 1)
            }
        }

        @Test("a user that the socket's mode keeps out is told so")
        func mode() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let result = try await Self.token(host, as: Self.other)
                #expect(result.status == EX_NOPERM)
                #expect(result.errors.contains("Permission denied"))
            }
        }

        @Test("a reload reaches connections that are open")
        func reload() async throws {
            try await Host.run(profile: "allow: {users: [0]}") { host in
                let daemon = try await host.start()
                let open = try Connection(to: daemon.socket)
                let before = try await blocking { try open.ask(#"{"op":"token"}"#) }
                #expect(before.token != nil)
                try host.configure(profile: "allow: {users: [54321]}")
                #expect(try await host.control(["reload"]).status == 0)
                let after = try await blocking { try open.ask(#"{"op":"token"}"#) }
                #expect(after.error == "access_denied")
            }
        }

        private static func token(_ host: Host, as user: UInt32) async throws -> FinishedProgram {
            try await FinishedProgram.run(program(host), ["token", "--socket", host.socket], user: user)
        }

        /// A copy of bearerctl that other users can reach.
        private static func program(_ host: Host) throws -> String {
            let copy = host.directory + "/bearerctl"
            if Files.mode(copy) == nil { try Files.copy(Programs.path("bearerctl"), to: copy, mode: 0o755) }
            return copy
        }
    }
}
