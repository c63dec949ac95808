import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A moved host")
    struct MovedHostTests {
        private static let otherMachine = String(repeating: "0", count: 64)

        /// Has the client credentials be of another machine; false where this one has no machine-id.
        private func pretendOtherMachine(below directory: String) throws -> Bool {
            let key = #""machine_id_sha256":""#
            for name in Files.names(in: directory) where name.hasPrefix("client-") {
                let text = try Files.text("\(directory)/\(name)")
                guard let start = text.firstRange(of: key)?.upperBound else { return false }
                let rest = text[start...].dropFirst(Self.otherMachine.count)
                try Files.write(text[..<start] + Self.otherMachine + rest, to: "\(directory)/\(name)")
            }
            return true
        }

        @Test("a state directory that was copied whole serves elsewhere, with a warning that the machine is another")
        func moved() async throws {
            try await Host.run { host in
                let old = try await host.start()
                _ = try await old.token()
                try await old.stop()
                let copy = "\(host.directory)/moved"
                let copied = try await FinishedProgram.run("/bin/cp", ["-a", host.stateDirectory, copy])
                #expect(copied.status == 0)
                Files.remove(host.stateDirectory)
                let isOther = try pretendOtherMachine(below: "\(copy)/default")
                let new = try await host.start(["--state-directory", copy])
                #expect(host.simulator.isValid(try await new.token()))
                #expect(host.simulator.calls(to: .register).count == 1)
                if isOther {
                    let line = try await new.line(containing: "event=state_warning")
                    #expect(line.contains("written on a machine with another machine-id"))
                }
                Canary.checkModes(below: copy, #_sourceLocation)
            }
        }
    }
}
