import BearerConfiguration
import BearerCore
import BearerProtocol
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("SocketServer", .serialized, .timeLimit(.minutes(1))) struct SocketServerTests {
    private let directory = TemporaryDirectory()

    private var path: SocketPath { SocketPath(path: "\(directory.path)/s", mode: 0o600, group: nil) }

    @Test("the kernel's identity of a peer decides")
    func clients() async throws {
        let access = AccessPolicy(users: [geteuid()])
        try await withBroker(.withToken(access: access)) { test in
            try await test.broker.serve(try path.bind().descriptor, for: .clients)
            let client = TestClient(try connected(to: path.path))
            _ = try await client.ask(#"{"op":"token"}"#).token()
            await client.close()
            await test.broker.stopAccepting()
            #expect(throws: SystemError.self) { try connected(to: path.path) }
        }
    }

    @Test("a credential is handed to a manager by its abstract name, which is not a C string")
    func credentials() async throws {
        var setup = BrokerSetup.withToken(access: AccessPolicy(units: [UnitPattern("player.service")]))
        setup.user = geteuid()
        setup.isUsersOwn = true
        setup.configuration.credentialSocket.onFailure = .empty
        try await withBroker(setup) { test in
            try await test.broker.serve(try path.bind().descriptor, for: .credentials)
            let hex = String(UInt64.random(in: 0 ... .max), radix: 16)
            for (unit, isAllowed) in [("player.service", true), ("other.service", false)] {
                let name = [0] + Array("\(hex)/unit/\(unit)/access_token".utf8)
                let client = TestClient(try connected(to: path.path, boundTo: name))
                #expect(await client.rest() == (isAllowed ? Array(Canary.token.utf8) : []))
                await client.close()
            }
            let unnamed = TestClient(try connected(to: path.path))
            #expect(await unnamed.rest().isEmpty)
            await unnamed.close()
            await test.broker.stopAccepting()
        }
    }

    @Test("connections that came before it started are served")
    func backlog() async throws {
        try await withBroker(.withToken()) { test in
            let listener = try path.bind().descriptor
            listen(listener, 16)
            let client = TestClient(try connected(to: path.path))
            client.send(#"{"op":"token"}"#)
            try await test.broker.serve(listener, for: .clients)
            _ = try await client.reply().token()
            await client.close()
            await test.broker.stopAccepting()
        }
    }
}
