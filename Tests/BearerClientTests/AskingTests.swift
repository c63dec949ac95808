import BearerClient
import Testing

@Suite("Asking", .timeLimit(.minutes(1)))
struct AskingTests {
    @Test("a token, with what the daemon says of it")
    func token() async throws {
        let peer = try ScriptedPeer(.read, .send(tokenLine("abc", generation: 3)), .awaitEnd)
        let token = try await Bearerd(socket: peer.socket).token()
        #expect(token.value == "abc")
        #expect(token.authorization == "Bearer abc")
        #expect(token.profile == "default")
        #expect(token.expiresIn == .seconds(60))
        #expect(token.expiresAt == 1_763_980_000)
        #expect(token.generation == 3)
        #expect(await peer.all() == [.read(askForToken), .ended, .done])
    }

    @Test("durations go out in whole seconds, rounded up")
    func parameters() async throws {
        let peer = try ScriptedPeer(.read, .send(tokenLine("abc")))
        let bearerd = Bearerd(socket: peer.socket)
        _ = try await bearerd.token(minValid: .milliseconds(1_001), wait: .milliseconds(1), profile: "other")
        let expected = #"{"op":"token","profile":"other","min_valid":2,"wait":1}"#
        #expect(await peer.all() == [.read(expected), .done])
    }

    @Test("renew names the token that was refused, and its profile")
    func renew() async throws {
        let peer = try ScriptedPeer(.read, .send(tokenLine("new")))
        let old = BearerToken("old", profile: "p", expiresIn: .seconds(1), expiresAt: 0)
        let token = try await Bearerd(socket: peer.socket).renew(rejected: old, wait: .zero)
        #expect(token.value == "new")
        #expect(await peer.all() == [.read(#"{"op":"renew","rejected":"old","profile":"p","wait":0}"#), .done])
    }

    @Test("ping and status")
    func pingAndStatus() async throws {
        let status = #"""
            {"version":"1.2.3","pid":7,"started_at":5,"connections":2,"profiles":[{"profile":"default",
            "state":"degraded","expires_at":9,"renew_at":null,"client_id":"c","registered_at":4,"scopes":["a","b"],"generation":3,
            "last_success_at":2,"last_error":{"error":"timed_out","time":8,"detail":"slow"},"next_attempt_at":11,
            "state_durable":false,"counters":{"requests":1,"renewals":2,"failures":3,"registrations":4}}]}
            """#.split(separator: "\n").joined()
        let peer = try ScriptedPeer(
            .read, .send(#"{"pong":true,"version":"1.2.3"}"# + "\n"), .close, .read, .send(status + "\n"))
        let bearerd = Bearerd(socket: peer.socket)
        #expect(try await bearerd.ping() == "1.2.3")
        let found = try await bearerd.status()
        #expect(found.version == "1.2.3" && found.pid == 7 && found.startedAt == 5 && found.connections == 2)
        let profile = try #require(found.profiles.first)
        #expect(profile.name == "default" && profile.state == .degraded && !profile.isStateDurable)
        #expect(profile.expiresAt == 9 && profile.renewAt == nil && profile.nextAttemptAt == 11)
        #expect(profile.clientID == "c" && profile.registeredAt == 4 && profile.generation == 3)
        #expect(profile.scopes == ["a", "b"])
        #expect(profile.lastSuccessAt == 2)
        let failure = try #require(profile.lastFailure)
        #expect(failure.error == "timed_out" && failure.time == 8 && failure.detail == "slow")
        let counters = profile.counters
        #expect(
            [counters.requests, counters.renewals, counters.failures, counters.registrations] == [1, 2, 3, 4])
    }

    @Test("every error of the daemon, and one that this library does not know")
    func errors() async throws {
        for code in BearerError.Code.allCases {
            let peer = try ScriptedPeer(.read, .send(errorLine(code.rawValue, retryAfter: 3)))
            await #expect(throws: BearerError.refused(code, description: "because", retryAfter: .seconds(3))) {
                try await Bearerd(socket: peer.socket).token()
            }
        }
        let peer = try ScriptedPeer(.read, .send(errorLine("of_tomorrow")))
        await #expect(throws: BearerError.refused(.serverError, description: "because", retryAfter: nil)) {
            try await Bearerd(socket: peer.socket).token()
        }
    }

    @Test(
        "what is no reply, or not the one that was asked for",
        arguments: ["garbage\n", "\n", "[]\n", "{\"pong\":true}\n", "{\"access_token\":7}\n", "\u{0}\n"])
    func garbage(text: String) async throws {
        let peer = try ScriptedPeer(.read, .send(text), .awaitEnd)
        do throws(BearerError) {
            _ = try await Bearerd(socket: peer.socket).token()
            Issue.record("a token came of \(text)")
        } catch {
            guard case .unexpectedReply = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(await peer.all() == [.read(askForToken), .ended, .done])
    }

    @Test("a reply byte by byte, with a carriage return")
    func trickle() async throws {
        let line = String(tokenLine("abc").dropLast()) + "\r\n"
        let peer = try ScriptedPeer(.read, .trickle(line), .awaitEnd)
        #expect(try await Bearerd(socket: peer.socket).token().value == "abc")
    }

    @Test("a line without end is given up after 1 MiB, while the connection is open")
    func endlessLine() async throws {
        let peer = try ScriptedPeer(.read, .send(String(repeating: "x", count: 1 << 20 + 1)), .awaitEnd)
        await #expect(throws: BearerError.unexpectedReply("a line of more than 1048576 bytes")) {
            try await Bearerd(socket: peer.socket).token()
        }
        #expect(await peer.all() == [.read(askForToken), .ended, .done])
    }
}
