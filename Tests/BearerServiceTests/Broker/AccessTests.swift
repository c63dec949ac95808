import AuthServerSimulator
import BearerCore
import BearerJSON
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("Access", .serialized, .timeLimit(.minutes(1))) struct AccessTests {
    private static let policy = AccessPolicy(users: [1001, 65534], groups: [50], units: [UnitPattern("*")])

    @Test(
        "users and groups decide, the overflow user never matches",
        arguments: [
            (Peer.user(1001), [], true), (.user(1002), [], false), (.user(1002, gid: 50), [], true),
            (.user(1002), [7, 50], true), (.user(1002), [7], false), (.user(65534, gid: 50), [], false),
            (.user(65534), [50], false), (.root, [0], false), (.user(500), [], false),
        ] as [(Peer, [UInt32], Bool)], [0, 2_000])
    func policy(_ row: (peer: Peer, groups: [UInt32], isAllowed: Bool), furtherGroups: UInt32) async throws {
        let (peer, groups, isAllowed) = row
        try await withBroker(.withToken(access: Self.policy)) { test in
            let client = try await test.connect(as: peer, groups: groups + (100..<100 + furtherGroups))
            for request in [#"{"op":"token"}"#, #"{"op":"renew","rejected":"old"}"#, #"{"op":"watch"}"#] {
                let reply = try await client.ask(request)
                if isAllowed {
                    _ = try reply.token()
                } else {
                    #expect(try reply.error().code == .accessDenied)
                }
            }
        }
    }

    /// A client in so many groups that they are looked up: the look waits for `gate`.
    private func clientWithManyGroups(_ test: TestBroker, _ gate: Pipe) async throws -> TestClient {
        try await test.connect(as: .user(1002), PeerGroups { most in most == .max && gate.wait() ? [50] : nil })
    }

    @Test("while a client's many groups are looked up, others are served, and it is answered in order after it")
    func manyGroups() async throws {
        try await withBroker(.withToken(access: Self.policy)) { test in
            let gate = Pipe()
            let client = try await clientWithManyGroups(test, gate)
            client.send(#"{"op":"token","id":1}"#, #"{"op":"ping","id":2}"#)
            let other = try await test.connect(as: .user(1001))
            for _ in 0..<3 { _ = try await other.ask(#"{"op":"token"}"#).token() }
            gate.signal()
            _ = try await client.reply().token()
            #expect(try await client.line().contains(#""id":2"#))
            // They are known from then on.
            _ = try await client.ask(#"{"op":"token"}"#).token()
        }
    }

    @Test("a client that leaves while its groups are looked up is forgotten; one that the end meets then is answered")
    func manyGroupsLeft() async throws {
        try await withBroker(.withToken(access: Self.policy)) { test in
            let gate = Pipe()
            let left = try await clientWithManyGroups(test, gate)
            left.send(#"{"op":"token"}"#)
            _ = try await test.connect(as: .user(1001)).ask(#"{"op":"ping"}"#)
            await left.close()
            await eventually("it has left") { await test.broker.connectionCount == 1 }
            let late = try await clientWithManyGroups(test, gate)
            late.send(#"{"op":"token"}"#)
            _ = try await test.connect(as: .user(1001)).ask(#"{"op":"ping"}"#)
            async let ended: Void = test.broker.endConnections(within: .seconds(60))
            await eventually("the end is awaited") { await test.broker.isWaitingForConnections }
            gate.signal()
            gate.signal()
            _ = try await late.reply().token()
            #expect(await late.rest().isEmpty)
            await ended
        }
    }

    @Test("a reload that names other groups has them looked up anew")
    func manyGroupsReloaded() async throws {
        try await withBroker(.withToken(access: Self.policy)) { test in
            let gate = Pipe()
            for _ in 0..<2 { gate.signal() }
            let client = try await test.connect(
                as: .user(1002), PeerGroups { most in most == .max && gate.wait() ? [50, 51] : nil })
            _ = try await client.ask(#"{"op":"token"}"#).token()
            test.reloads.prepare([
                try .sample(server: test.server.baseURL, access: AccessPolicy(groups: [51])),
                try .sample("new", server: test.server.baseURL, access: AccessPolicy(groups: [52])),
            ])
            _ = try await test.connect(as: .root).ask(#"{"op":"reload"}"#)
            _ = try await client.ask(#"{"op":"token"}"#).token()
            #expect(try await client.ask(#"{"op":"token","profile":"new"}"#).error().code == .accessDenied)
        }
    }

    @Test("an allow for units only denies every user on the client socket")
    func unitsOnly() async throws {
        try await withBroker(.withToken(access: AccessPolicy(units: [UnitPattern("*")]))) { test in
            let client = try await test.connect()
            #expect(try await client.ask(#"{"op":"token"}"#).error().code == .accessDenied)
        }
    }

    @Test("the journal has one denial per minute and user, with its process")
    func journal() async throws {
        try await withBroker(.withToken(access: Self.policy)) { test in
            let client = try await test.connect(as: .user(7))
            for _ in 0..<3 { _ = try await client.ask(#"{"op":"token"}"#) }
            let other = try await test.connect(as: .user(8))
            _ = try await other.ask(#"{"op":"token"}"#)
            test.clock.advance(by: .seconds(61))
            _ = try await client.ask(#"{"op":"token"}"#)
            let entries = test.log.entries(of: .accessDenied)
            #expect(entries.map { $0.fields["peer_uid"] } == ["7", "8", "7"])
            #expect(entries.allSatisfy { $0.fields["peer_pid"] == "4711" && $0.fields["profile"] == "default" })
        }
    }

    @Test(
        "status shows what one may have; root and the daemon's user see everything",
        arguments: [
            (Peer.user(1001), ["mine"]), (.user(7), []), (.root, ["mine", "other"]), (.user(500), ["mine", "other"]),
        ])
    func status(peer: Peer, visible: [String]) async throws {
        var setup = BrokerSetup()
        setup.profiles = { server in
            [
                try .sample("mine", server: server, access: AccessPolicy(users: [1001])),
                try .sample("other", server: server, access: AccessPolicy(users: [1002])),
            ]
        }
        setup.tokens = ["mine": .sample(), "other": .sample()]
        try await withBroker(setup) { test in
            let client = try await test.connect(as: peer)
            let line = try await client.ask(#"{"op":"status"}"#)
            #expect(line.profileNames == visible)
            for name in ["mine", "other"] {
                let reply = try await client.ask(#"{"op":"status","profile":"\#(name)"}"#)
                if visible.contains(name) {
                    #expect(reply.profileNames == [name])
                } else {
                    #expect(try reply.error().code == .accessDenied)
                }
            }
            let unknown = try await client.ask(#"{"op":"status","profile":"nobody"}"#)
            #expect(try unknown.error().code == .unknownProfile)
        }
    }

    @Test(
        "reload and register are for root and the daemon's user",
        arguments: [
            (Peer.user(1000), false), (.user(65534), false), (.root, true), (.user(500), true),
        ])
    func administration(peer: Peer, isAllowed: Bool) async throws {
        try await withBroker { test in
            test.reloads.prepareFailure("bad")
            let client = try await test.connect(as: peer)
            for request in [#"{"op":"reload"}"#, #"{"op":"register"}"#] {
                let reply = try await client.ask(request)
                if case .error(let error) = reply {
                    #expect((error.code == .accessDenied) != isAllowed)
                } else {
                    #expect(isAllowed)
                }
            }
        }
    }

    @Test("a right that a reload takes away ends on open connections: for requests, waits and watches")
    func takenAway() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.hang]) }) { test in
            let idle = try await test.connect()
            let waiting = try await test.connect()
            let watching = try await test.connect()
            waiting.send(#"{"op":"token","wait":300}"#)
            watching.send(#"{"op":"watch"}"#)
            await eventually("they wait") { await test.broker.waiterCount() + test.broker.watcherCount() == 2 }
            test.reloads.prepare([
                try .sample(server: test.server.baseURL, access: AccessPolicy(users: [1])),
                try .sample("new", server: test.server.baseURL),
            ])
            _ = try await test.connect(as: .root).ask(#"{"op":"reload"}"#)
            #expect(try await watching.reply().error().code == .accessDenied)
            #expect(await watching.rest().isEmpty)
            #expect(try await idle.ask(#"{"op":"token"}"#).error().code == .accessDenied)
            await test.broker.grantToken()
            #expect(try await waiting.reply().error().code == .accessDenied)
            #expect(try await idle.ask(#"{"op":"token","profile":"new"}"#).token().profile == "new")
        }
    }
}

extension Reply {
    /// Of a status.
    var profileNames: [String]? {
        guard case .other(let value) = self else { return nil }
        return value["profiles"]?.array?.compactMap { $0["profile"]?.string }
    }
}

extension BrokerHost {
    /// Ends the exchange in flight with a token, or plays one that was.
    func grantToken(_ name: String = "default", _ value: String = Canary.token) {
        guard let session = broker.session(name) else { return }
        let exchange = { session.snapshot(at: self.services.now()).lifecycle.exchange }
        if let current = exchange(), case .registration = current.kind {
            session.handle(.registered(exchange: current.id))
        }
        guard let token = exchange() else { return }
        let grant = TokenGrant(value: Secret(value), lifetime: .seconds(3600))
        session.handle(.granted(exchange: token.id, grant, sentAt: services.now()))
    }
}
