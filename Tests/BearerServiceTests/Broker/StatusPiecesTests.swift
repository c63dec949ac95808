import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("A long status", .serialized, .timeLimit(.minutes(1))) struct StatusPiecesTests {
    private func setup(_ count: Int) -> BrokerSetup {
        var setup = BrokerSetup()
        setup.profiles = { server in
            try (0..<count).map { number in
                try .sample("p\(number)", server: server, access: AccessPolicy(users: number % 2 == 0 ? [1001] : [1]))
            }
        }
        setup.tokens = Dictionary(uniqueKeysWithValues: (0..<count).map { ("p\($0)", AccessToken.sample()) })
        return setup
    }

    @Test(
        "is one line with every profile that may be seen, in order, whatever comes behind it",
        arguments: [0, 1, 9, 300])
    func whole(count: Int) async throws {
        try await withBroker(setup(count + 1)) { test in
            for (peer, step) in [(Peer.root, 1), (.user(1001), 2)] {
                let client = try await test.connect(as: peer)
                client.send(#"{"op":"status","id":"s"}"#, #"{"op":"ping","id":2}"#)
                client.endInput()
                let line = try await client.line()
                #expect(line.hasSuffix(#"],"id":"s"}"#))
                let names = try StatusReply.parse(line).profiles.map(\.profile)
                #expect(names == stride(from: 0, through: count, by: step).map { "p\($0)" }.sorted())
                #expect(try await client.line().hasSuffix(#""id":2}"#))
                #expect(await client.rest().isEmpty)
            }
        }
    }

    @Test("a client that does not read it has us hold a piece of it")
    func deaf() async throws {
        try await withBroker(setup(1000)) { test in
            let client = try await test.connect(as: .root)
            let batch = Array(String(repeating: "{\"op\":\"status\"}\n", count: 10).utf8)
            _ = client.sendWhatFits(batch)
            await eventually("it is held back") { await test.broker.heldBytes > 0 }
            for _ in 0..<100 { #expect(await test.broker.heldBytes < 20_000) }
            for _ in 0..<10 { #expect(try StatusReply.parse(await client.line()).profiles.count == 1000) }
        }
    }
}
