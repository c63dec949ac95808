import AuthServerSimulator
import BearerJSON
import Glibc
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Damaged state")
    struct DamagedStateTests {
        @Test(
            "credentials that somebody removes from a running daemon's disk are written again, at a reload and at the end",
            arguments: ["default", ""], [true, false])
        func removed(what: String, isReloaded: Bool) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let directory = "\(host.stateDirectory)/default"
                let before = Files.names(in: directory).sorted()
                #expect(before.count == 2)
                let removed = what.isEmpty ? host.stateDirectory : directory
                // In one step: what is written meanwhile is gone with the rest, or comes after it.
                #expect(rename(removed, host.directory + "/removed") == 0)
                if isReloaded {
                    #expect(try await daemon.ask(#"{"op":"reload"}"#).error == nil)
                    await eventually("they are there again") { Files.names(in: directory).sorted() == before }
                    try await daemon.line(containing: "event=state_durable")
                }
                #expect(try await daemon.stop() == .exited(0))
                let said = "has been removed: the client credentials are written again"
                #expect(daemon.lines.contains { $0.contains(said) })
                #expect(Files.names(in: directory).sorted() == before)
                #expect(Files.mode(host.stateDirectory).map { $0 & 0o777 } == 0o700)
                _ = try await host.start().token()
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("a directory that is removed and restored from a copy is read at a reload")
        func restored() async throws {
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                #expect(try await first.stop() == .exited(0))
                let (state, copy) = (host.stateDirectory, host.directory + "/copy")
                #expect(Command.run("/bin/cp", "-a", state, copy) == 0)
                let name = try #require(Files.names(in: "\(state)/default").first { $0.hasPrefix("client-") })
                try Files.write("{", to: "\(state)/default/\(name)")
                let daemon = try await host.start()
                try await daemon.line(containing: "event=profile_blocked")
                #expect(Command.run("/bin/rm", "-rf", state) == 0 && rename(copy, state) == 0)
                #expect(try await daemon.ask(#"{"op":"reload"}"#).error == nil)
                _ = try await daemon.token()
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("a state directory that is replaced is used and locked; where another daemon has it, the end says 74")
        func replaced() async throws {
            try await Host.run { host in
                let (own, foreign) = ("\(host.directory)/own", "\(host.directory)/foreign")
                for directory in [own, foreign] { #expect(mkdir(directory, 0o700) == 0) }
                #expect(symlink(own, host.stateDirectory) == 0)
                let daemon = try await host.start()
                _ = try await daemon.token()
                let other = try await RunningProgram.start(
                    Programs.path("bearerd"),
                    ["--config", host.configurationFile, "--socket", host.directory + "/other"]
                        + ["--state-directory", foreign])
                _ = try await other.transcript.line(containing: "event=started")
                let link = host.directory + "/link"
                #expect(symlink(foreign, link) == 0 && rename(link, host.stateDirectory) == 0)
                #expect(try await daemon.ask(#"{"op":"reload"}"#).error == nil)
                let line = try await daemon.line(containing: "event=state_not_durable")
                #expect(line.contains("\(other.pid)"))
                #expect(try await daemon.stop() == .exited(EX_IOERR))
                other.signal(SIGTERM)
                #expect(try await other.end() == .exited(0))
                Files.remove(host.stateDirectory)
            }
        }

        @Test("what a disk has not taken by the end is told, and the status is 74", .enabled(if: Mount.isPermitted))
        func unsaved() async throws {
            try await Host.run { host in
                let mount = try Mount(size: "256k")
                #expect(symlink(mount.directory.path, host.stateDirectory) == 0)
                let daemon = try await host.start()
                _ = try await daemon.token()
                #expect(mount.remount(readOnly: true))
                #expect(try await host.control(["register", "--force"]).status == 0)
                #expect(try await daemon.stop() == .exited(EX_IOERR))
                #expect(daemon.lines.contains { $0.contains("default: not everything is on disk at the end") })
                Files.remove(host.stateDirectory)
            }
        }

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
