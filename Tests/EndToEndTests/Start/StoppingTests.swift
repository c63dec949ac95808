import AuthServerSimulator
import BearerJSON
import Glibc
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Stopping")
    struct StoppingTests {
        @Test(
            "SIGTERM and SIGINT end it with 0 within 5 s and remove the socket",
            arguments: [SignalNumber.term, .interrupt])
        func stops(signal: SignalNumber) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let start = ContinuousClock.now
                #expect(try await daemon.stop(signal.rawValue) == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
                #expect(Files.mode(host.socket) == nil)
            }
        }

        @Test("clients that are connected, and read, do not hold a stop up")
        func stopsWithClients() async throws {
            try await Host.run { host in
                for _ in 0..<5 {
                    let daemon = try await host.start()
                    let connections = try await blocking {
                        try (0..<50).map { _ in
                            let connection = try Connection(to: daemon.socket)
                            try connection.send(String(repeating: #"{"op":"ping"}"# + "\n", count: 200))
                            return connection
                        }
                    }
                    daemon.program.signal(SIGTERM)
                    // To the end of each, or until it is reset, since not all that was sent is read any more.
                    try await blocking { for connection in connections { while let _ = try? connection.line() {} } }
                    #expect(try await daemon.program.end() == .exited(0))
                    #expect(!daemon.lines.contains { $0.contains("event=stop_cut_short") })
                }
            }
        }

        @Test("a server that hangs does not hold a stop up", arguments: [Endpoint.register, .token])
        func stopsWhileHanging(endpoint: Endpoint) async throws {
            try await Host.run { host in
                host.simulator.script(endpoint, [], then: .hang)
                let daemon = try await host.start()
                try await host.simulator.waitForCalls(1, to: endpoint)
                let start = ContinuousClock.now
                #expect(try await daemon.stop() == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }

        @Test("requests that have arrived are answered, then the connection ends")
        func answersWhatHasArrived() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [], then: .hang)
                let daemon = try await host.start()
                try await host.simulator.waitForCalls(1, to: .token)
                let connection = try Connection(to: daemon.socket)
                try connection.send(#"{"op":"token","id":1,"wait":60}"# + "\n" + #"{"op":"ping","id":2}"# + "\n")
                try await answered(daemon)
                daemon.program.signal(SIGTERM)
                let (first, second, end) = try await blocking {
                    (try connection.reply(), try connection.reply(), try connection.line())
                }
                #expect(first.error == "temporarily_unavailable")
                #expect(first["id"]?.wholeNumber == 1)
                #expect(second["pong"]?.bool == true)
                #expect(end == nil)
                #expect(try await daemon.program.end() == .exited(0))
            }
        }

        @Test(
            "thousands of lines that arrived whole are all answered, an unfinished one is not, then comes end of file")
        func answersAllThatHasArrived() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let connection = try Connection(to: daemon.socket)
                // More than the daemon answers before it has to wait for the client to read.
                for first in stride(from: 0, to: 1_000, by: 100) {
                    let lines = (first..<first + 100).map { #"{"op":"token","id":\#($0)}"# + "\n" }
                    try connection.send(lines.joined())
                }
                try connection.send(#"{"op":"token","prof"#)
                daemon.program.signal(SIGTERM)
                let ids = try await blocking {
                    var ids: [Int64?] = []
                    while let line = try connection.line() { ids.append(try Reply(line)["id"]?.wholeNumber) }
                    return ids
                }
                #expect(ids == (0..<1_000).map { $0 })
                #expect(try await daemon.program.end() == .exited(0))
            }
        }

        @Test(
            "a registration in flight comes back and is saved, however slowly clients read and however often it is told"
        )
        func savesRegistration() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [.delay(.milliseconds(3_000))])
                let daemon = try await host.start()
                let deaf = try await blocking { try Self.deaf(daemon) }
                try await host.simulator.waitForCalls(1, to: .register)
                let start = ContinuousClock.now
                daemon.program.signal(SIGTERM)
                try await daemon.line(containing: "stopping")
                daemon.program.signal(SIGINT)
                #expect(try await daemon.stop() == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
                #expect(daemon.lines.count { $0.contains("event=stopping") } == 1)
                withExtendedLifetime(deaf) {}
                _ = try await host.start().token()
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("no registration is sent after the signal, while clients are still being answered")
        func sendsNothingMore() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .status(503))
                let daemon = try await host.start()
                let deaf = try await blocking { try Self.deaf(daemon) }
                // The next one is due within 2 s, which is how long the client keeps the daemon from ending.
                try await daemon.line(containing: "registration_failed")
                let sent = host.simulator.calls(to: .register).count
                let start = ContinuousClock.now
                #expect(try await daemon.stop() == .exited(0))
                #expect(ContinuousClock.now - start > .milliseconds(1_900))
                #expect(host.simulator.calls(to: .register).count == sent)
                withExtendedLifetime(deaf) {}
            }
        }

        @Test("SIGHUP ends nothing, and its log entry says what reloads")
        func hangUp() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                daemon.program.signal(SIGHUP)
                let line = try await daemon.line(containing: "event=hangup_ignored")
                #expect(line.contains("systemctl reload bearerd") && line.contains("bearerctl reload"))
                _ = try await daemon.token()
            }
        }

        @Test("a start that waits for a name service ends at once")
        func whileStarting() async throws {
            try await Host.run(
                settings: "startup: {wait: 60}", profile: "allow: {users: [nobody-has-this-name]}"
            ) { host in
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let daemon = try await host.launch(environment: ["NOTIFY_SOCKET": systemd.path])
                let reason = "profile default: allow: this host does not know user nobody-has-this-name"
                _ = try await blocking { try systemd.messages(upTo: "STATUS=waiting: \(reason)") }
                let start = ContinuousClock.now
                #expect(try await daemon.stop() == .exited(0))
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }

        /// Another connection's request is answered after those that came before it.
        private func answered(_ daemon: Daemon) async throws {
            #expect(try await daemon.ask(#"{"op":"ping"}"#)["pong"]?.bool == true)
        }

        /// A client that reads none of its replies, until the daemon takes no more of its requests.
        private static func deaf(_ daemon: Daemon) throws -> Connection {
            let connection = try Connection(to: daemon.socket)
            connection.stopWaitingForRoom()
            let lines = String(repeating: "{\"op\":\"ping\"}\n", count: 1_000)
            #expect(throws: SystemError.self) {
                for _ in 0..<1_000 { try connection.send(lines) }
            }
            return connection
        }
    }
}
