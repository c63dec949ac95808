import AuthServerSimulator
import BearerClient
import Glibc
import Testing

extension EndToEnd {
    @Suite("The client library")
    struct ClientLibraryTests {
        @Test("token, ping and status")
        func token() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let bearerd = Bearerd(socket: host.socket)
                let token = try await bearerd.token()
                #expect(host.simulator.isValid(token.value))
                #expect(token.profile == "default")
                #expect(token.expiresIn > .seconds(21_000) && token.expiresIn <= .seconds(21_600))
                #expect(try await bearerd.ping().split(separator: ".").count == 3)
                let status = try await bearerd.status()
                #expect(status.pid == daemon.program.pid)
                #expect(status.profiles.map(\.name) == ["default"])
                #expect(status.profiles.first?.state == .ready)
                #expect(status.profiles.first?.expiresAt == token.expiresAt)
                #expect(status.profiles.first?.clientID == host.simulator.calls.first?.clientID)
            }
        }

        @Test("renew gets another token than the one that was refused")
        func renew() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let bearerd = Bearerd(socket: host.socket)
                let first = try await bearerd.token()
                let second = try await bearerd.renew(rejected: first)
                #expect(second.value != first.value)
                #expect(host.simulator.isValid(second.value))
                #expect(try await bearerd.renew(rejected: first).value == second.value)
                await #expect { try await bearerd.renew(rejected: second) } throws: { error in
                    let error = error as? BearerError
                    return error?.code == .slowDown && error?.retryAfter != nil
                }
                #expect(host.simulator.calls(to: .token).count == 2)
            }
        }

        @Test("errors carry the daemon's code and description")
        func errors() async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .error("invalid_software_statement"))
                let daemon = try await host.start()
                try await daemon.line(containing: "refuses registration")
                let bearerd = Bearerd(socket: host.socket)
                await #expect { try await bearerd.token() } throws: { error in
                    let error = error as? BearerError
                    return error?.code == .registrationRefused
                        && error?.description.contains("invalid_software_statement") == true
                }
                await #expect { try await bearerd.token(profile: "another") } throws: { error in
                    (error as? BearerError)?.code == .unknownProfile
                }
                await #expect { try await bearerd.token(wait: .seconds(301)) } throws: { error in
                    (error as? BearerError)?.code == .invalidRequest
                }
            }
        }

        @Test("a wait that is cancelled is no connection of the daemon any more")
        func cancellation() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [], then: .hang)
                let daemon = try await host.start()
                let bearerd = Bearerd(socket: host.socket)
                let call = Task { () throws(BearerError) in try await bearerd.token(wait: .seconds(300)) }
                while try await bearerd.status().connections < 2 {}
                call.cancel()
                await #expect(throws: BearerError.cancelled) { try await call.value }
                while try await bearerd.status().connections > 1 {}
                #expect(!daemon.program.transcript.hasEnded)
            }
        }

        @Test("a watch tells of a renewal, and goes on over a restart of the daemon", arguments: [SIGTERM, SIGKILL])
        func watch(signal: CInt) async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let bearerd = Bearerd(socket: host.socket)
                var updates = bearerd.watch().makeAsyncIterator()
                let first = try #require(try await updates.next()?.token)
                #expect(first.generation == 1)
                _ = try await bearerd.renew(rejected: first)
                let second = try #require(try await updates.next()?.token)
                #expect(second.generation == 2)
                try await daemon.stop(signal)
                guard case .trouble(.unavailable) = try await updates.next() else {
                    Issue.record("the absence of the daemon was not reported")
                    return
                }
                _ = try await host.start()
                let third = try #require(try await updates.next()?.token)
                #expect(![first.value, second.value].contains(third.value))
                #expect(host.simulator.isValid(third.value))
                #expect(third.value == (try await bearerd.token().value))
            }
        }
    }
}

extension TokenUpdate {
    fileprivate var token: BearerToken? {
        if case .token(let token) = self { token } else { nil }
    }
}
