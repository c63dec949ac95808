import BearerConfiguration
import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("ClientRegistry", .timeLimit(.minutes(1))) struct ClientRegistryTests {
    @Test("the streams of a user wait for their turns together, as long as there is one")
    func groups() async throws {
        try await TestLoop.run { test in
            let host = RegistryHost(test)
            let clients = [try await host.connect(), try await host.connect(), try await host.connect(as: .user(1001))]
            for client in clients { try await host.request(on: client) }
            let areShared = try await host.handle { handler in
                let groups = handler.clients.map(\.group)
                return groups[0] === groups[1] && groups[0] !== groups[2]
            }
            #expect(areShared)
            for client in clients { close(client) }
            try await test.turns(4)
            let isForgotten = try await test.perform { [registry = host.registry, handler = host.handler] _ in
                registry.value.streamGroup(ofUser: 1000) !== handler.clients[0].group
            }
            #expect(isForgotten)
        }
    }

    @Test("connections that come and go are announced, rejected ones too")
    func changes() async throws {
        var limits = Configuration().limits
        limits.connections = 1
        try await TestLoop.run { test in
            let host = RegistryHost(test, limits: limits)
            let changes = { try await test.perform { [changes = host.changes] _ in changes.value } }
            let clients = [try await host.connect(), try await host.connect()]
            #expect(try await changes() == 2)
            #expect(try await host.connectionCount == 1)
            for client in clients { close(client) }
            try await test.turns(4)
            #expect(try await changes() == 4)
        }
    }

    @Test("of rejected connections, 64 are given a second to read why; further ones are closed at once")
    func rejected() async throws {
        var limits = Configuration().limits
        limits.connections = 1
        try await TestLoop.run { test in
            let host = RegistryHost(test, limits: limits)
            let first = try await host.connect()
            var rejected: [CInt] = []
            for _ in 0..<ConnectionLimits.draining + 2 { rejected.append(try await host.connect()) }
            try await test.turns(4)
            for client in rejected { #expect(received(client)?.contains("slow_down") == true) }
            // The kernel takes what is sent to a socket that is still open.
            let areOpen = { rejected.map { send($0, "x", 1, CInt(MSG_NOSIGNAL)) == 1 } }
            #expect(areOpen() == rejected.indices.map { $0 < ConnectionLimits.draining })
            try await test.advance(by: ConnectionLimits.lastRead)
            #expect(areOpen().allSatisfy { !$0 })
            #expect(try await host.connectionCount == 1)
            for client in rejected + [first] { close(client) }
        }
    }
}
