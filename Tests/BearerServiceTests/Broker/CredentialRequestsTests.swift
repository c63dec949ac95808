import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("LoadCredential=", .serialized, .timeLimit(.minutes(1))) struct CredentialRequestsTests {
    private let address = systemdAddress("player.service", "access_token")

    @Test("a unit is given the bare token, then the connection is closed")
    func token() async throws {
        var setup = BrokerSetup.withToken()
        setup.configuration.audit = true
        try await withBroker(setup) { test in
            for _ in 0..<2 {
                let client = try await test.load(address)
                #expect(await client.rest() == Array(Canary.token.utf8))
            }
            let given = test.log.entries(of: .tokenGiven)
            #expect(given.map { $0.fields["peer_unit"] } == ["player.service"])
        }
    }

    @Test("what a client writes there is thrown away")
    func garbage() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(200))]) }) { test in
            let client = try await test.load(address)
            client.sendRaw(String(repeating: "x", count: 50_000))
            #expect(await client.rest().count > 100)
        }
    }

    @Test(
        "a peer that is no service manager gets nothing, whatever its address says",
        arguments: [
            (Peer.user(1000), systemdAddress("player.service", "access_token")),
            (.user(500), systemdAddress("player.service", "access_token")),
            (.user(65534), systemdAddress("player.service", "access_token")),
            (.root, []), (.root, Array("/run/client.sock".utf8)), (.root, [0] + Array("1/unit/a/b/c".utf8)),
        ])
    func untrusted(peer: Peer, address: [UInt8]) async throws {
        try await withBroker(.withToken()) { test in
            let bytes = try await test.load(address, as: peer).rest()
            #expect(bytes.count == 1_048_577 && bytes.allSatisfy { $0 == 0 })
            #expect(test.log.entries(of: .credentialRefused).count == 1)
        }
    }

    @Test("in a user's own daemon that user's manager is believed", arguments: [(500, true), (501, false), (0, true)])
    func usersOwn(uid: UInt32, isTrusted: Bool) async throws {
        var setup = BrokerSetup.withToken()
        setup.isUsersOwn = true
        setup.configuration.credentialSocket.onFailure = .empty
        try await withBroker(setup) { test in
            let bytes = try await test.load(address, as: .user(uid)).rest()
            #expect(bytes == (isTrusted ? Array(Canary.token.utf8) : []))
        }
    }

    @Test(
        "units decide here, users and groups do not",
        arguments: [
            (["player.service"], true), (["play*.service"], true), (["other.service"], false), ([], false),
        ])
    func policy(units: [String], isAllowed: Bool) async throws {
        let access = AccessPolicy(users: [0], groups: [0], units: units.map(UnitPattern.init))
        var setup = BrokerSetup.withToken(access: access)
        setup.configuration.credentialSocket.onFailure = .empty
        try await withBroker(setup) { test in
            let bytes = try await test.load(address).rest()
            #expect(bytes == (isAllowed ? Array(Canary.token.utf8) : []))
        }
    }

    @Test(
        "another id is a profile's name",
        arguments: [
            ("access_token", "default"), ("other", "other"), ("nobody", nil),
        ] as [(String, String?)])
    func profiles(id: String, found: String?) async throws {
        var setup = BrokerSetup()
        setup.profiles = { server in try ["default", "other"].map { try .sample($0, server: server) } }
        setup.tokens = ["default": .sample("token-of-default"), "other": .sample("token-of-other")]
        setup.configuration.credentialSocket.onFailure = .empty
        try await withBroker(setup) { test in
            let bytes = try await test.load(systemdAddress("player.service", id)).rest()
            #expect(bytes == Array((found.map { "token-of-\($0)" } ?? "").utf8))
        }
    }

    @Test("a connection is held until there is a token")
    func held() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [.delay(.milliseconds(300))]) }) { test in
            let bytes = try await test.load(address).rest()
            #expect(test.server.isValid(String(decoding: bytes, as: UTF8.self)))
        }
    }

    @Test("a refusal is told at once, and the journal says why, for each unit")
    func refused() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .error("invalid_software_statement")) }) {
            test in
            for unit in ["one.service", "two.service", "one.service"] {
                let bytes = try await test.load(systemdAddress(unit, "access_token")).rest()
                #expect(bytes.count == 1_048_577)
            }
            let entries = test.log.entries(of: .credentialRefused)
            #expect(entries.map { $0.fields["peer_unit"] } == ["one.service", "two.service"])
            #expect(entries.allSatisfy { $0.message.contains("invalid_software_statement") })
        }
    }

    @Test("a unit whose right a reload takes away while it waits gets nothing")
    func takenAway() async throws {
        var setup = BrokerSetup()
        setup.configuration.credentialSocket.onFailure = .empty
        try await withBroker(setup, prepare: { $0.server.script(.register, [.hang]) }) { test in
            let client = try await test.load(address)
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            test.reloads.prepare(
                [try .sample(server: test.server.baseURL, access: AccessPolicy(units: [UnitPattern("other.service")]))],
                setup.configuration)
            _ = try await test.connect(as: .root).ask(#"{"op":"reload"}"#)
            await test.broker.grantToken()
            #expect(await client.rest().isEmpty)
        }
    }

    @Test("a stop waits until the units that are held have their answers in full")
    func stopped() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let clients = [try await test.load(address), try await test.load(address)]
            await eventually("they wait") { await test.broker.waiterCount() == 2 }
            async let end: Void = test.broker.endConnections(within: .seconds(20))
            // One after the other: the second one's megabyte does not fit into a socket's buffer.
            for client in clients { #expect(await client.rest().count == 1_048_577) }
            await end
        }
    }

    @Test("each credential that a unit is denied has its entry")
    func severalCredentials() async throws {
        try await withBroker(.withToken()) { test in
            for id in ["one", "two", "one"] {
                _ = try await test.load(systemdAddress("player.service", id)).rest()
            }
            let entries = test.log.entries(of: .credentialRefused)
            #expect(entries.map(\.message).map { $0.contains("credential one") } == [true, false])
        }
    }

    @Test("a manager that goes away cancels its wait")
    func gone() async throws {
        try await withBroker(prepare: { $0.server.script(.register, [], then: .hang) }) { test in
            let client = try await test.load(address)
            await eventually("it waits") { await test.broker.waiterCount() == 1 }
            await client.close()
            await eventually("the wait is cancelled") { await test.broker.waiterCount() == 0 }
        }
    }
}

@Suite("What a unit gets instead of a token") struct CredentialFailureTests {
    @Test("more than systemd takes, or nothing")
    func bytes() {
        #expect(CredentialSocketConfiguration.Failure.fail.bytes.count == 1_048_577)
        #expect(CredentialSocketConfiguration.Failure.fail.bytes.allSatisfy { $0 == 0 })
        #expect(CredentialSocketConfiguration.Failure.empty.bytes.isEmpty)
    }
}
