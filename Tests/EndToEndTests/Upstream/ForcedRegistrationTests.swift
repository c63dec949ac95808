import AuthServerSimulator
import BearerJSON
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Forced registration")
    struct ForcedRegistrationTests {
        @Test("new credentials are used at once and after a restart; watchers are told, the old ones are archived")
        func used() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let old = try await daemon.token()
                let watcher = try Connection(to: host.socket)
                try watcher.send(#"{"op":"watch"}"# + "\n")
                #expect(try await blocking { try watcher.reply() }.token == old)
                let reply = try await daemon.ask(#"{"op":"register","force":true}"#)
                let client = try #require(host.simulator.calls(to: .register).last?.clientID)
                #expect(reply["client_id"]?.string == client)
                let told = try await blocking { try watcher.reply() }
                #expect(told.token != old && told.generation == 2)
                #expect(host.simulator.calls(to: .token).last?.clientID == client)
                try await daemon.stop()
                let again = try await host.start()
                #expect(host.simulator.isValid(try await again.token()))
                #expect(host.simulator.calls(to: .token).last?.clientID == client)
                #expect(host.simulator.calls(to: .register).count == 2)
                let names = Files.names(in: host.stateDirectory + "/default")
                #expect(names.count { $0.contains(".json.retired-") } == 1)
            }
        }

        static let refusals: [(fault: Fault, status: CInt)] = [
            (.status(503), EX_TEMPFAIL), (.error("unapproved_software_statement"), EX_CONFIG), (.html, EX_TEMPFAIL),
        ]

        @Test("one that fails says so, and costs neither credentials nor token", arguments: refusals)
        func failed(fault: Fault, status: CInt) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                let client = host.simulator.calls(to: .token).last?.clientID
                host.simulator.script(.register, [fault])
                #expect(try await host.control(["register", "--force"]).status == status)
                #expect(try await daemon.token() == token)
                try await daemon.stop()
                let again = try await host.start()
                _ = try await again.token()
                #expect(host.simulator.calls(to: .token).last?.clientID == client)
                #expect(host.simulator.calls(to: .register).count == 2)
                let names = Files.names(in: host.stateDirectory + "/default")
                #expect(!names.contains { $0.contains(".retired-") })
            }
        }

        @Test("an ordinary user may not", .enabled(if: geteuid() == 0, "only root can run a client as somebody else"))
        func denied() async throws {
            try await Host.run(profile: "allow: {users: [0, 54321]}") { host in
                let daemon = try await host.start(["--socket-mode", "0666"])
                _ = try await daemon.token()
                #expect(try await host.control(["token"], user: 54_321).status == 0)
                #expect(try await host.control(["register", "--force"], user: 54_321).status == EX_NOPERM)
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }
    }
}
