import AuthServerSimulator
import BearerJSON
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Damaged state")
    struct DamagedStateTests {
        @Test(
            "damaged credentials are neither used nor touched, and the profile is refused",
            arguments: ["", "{", "null", "{}", "\u{0}\u{0}\u{0}\u{0}"])
        func damagedCredentials(contents: String) async throws {
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                try await first.stop()
                let file = try credentialsFile(host)
                try Files.write(contents, to: file)
                let second = try await host.start()
                try await second.line(containing: file)
                #expect(try await second.ask(#"{"op":"token"}"#).error == "registration_refused")
                #expect(try await second.ask(#"{"op":"status"}"#).profile?["state"]?.string == "refused")
                try await second.stop()
                #expect(try Files.text(file) == contents)
                #expect(host.simulator.calls.map(\.endpoint) == [.register, .token])
            }
        }

        @Test("what lies open is closed, and the daemon says so")
        func openModes() async throws {
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                try await first.stop()
                let file = try credentialsFile(host)
                chmod(host.stateDirectory, 0o755)
                chmod(file, 0o644)
                let second = try await host.start()
                try await second.line(containing: file)
                #expect(host.simulator.isValid(try await second.token()))
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        private func credentialsFile(_ host: Host) throws -> String {
            let directory = "\(host.stateDirectory)/default"
            let name = try #require(Files.names(in: directory).first { $0.hasPrefix("client-") })
            return "\(directory)/\(name)"
        }
    }
}
