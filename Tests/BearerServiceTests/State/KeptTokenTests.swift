import AuthServerSimulator
import BearerCore
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

/// What the broker leaves in systemd's file descriptor store.
@Suite("keeping tokens", .timeLimit(.minutes(1))) struct KeptTokenTests {
    /// The first token is stored; the kernel has no memfd for the second.
    private func withUnstoredToken(_ body: (TestBroker) async throws -> Void) async throws {
        var setup = BrokerSetup()
        setup.simulator = SimulatorConfiguration(throttle: nil, tokenLifetime: 3600)
        try await withBroker(setup) { test in
            await eventually("the first is stored") { test.kept.names == ["token-default-1"] }
            test.kept.setOutOfDescriptors(true)
            await test.advance(by: .seconds(1801))
            await eventually("it is renewed") { await test.broker.generation() == 2 }
            #expect(test.kept.names == ["token-default-1"])
            try await body(test)
        }
    }

    @Test("a token that could not be stored is stored later, in place of the one before")
    func later() async throws {
        try await withUnstoredToken { test in
            test.kept.setOutOfDescriptors(false)
            await test.advance(by: .seconds(31))
            await eventually("it takes the place of the first") { test.kept.names == ["token-default-2"] }
        }
    }

    @Test("a token that no other could take the place of leaves the store when it ends")
    func ended() async throws {
        try await withUnstoredToken { test in
            await test.advance(by: .seconds(1790))
            test.kept.store.flush()
            #expect(test.kept.names == ["token-default-1"])
            await test.advance(by: .seconds(9))
            await eventually("it is removed") { test.kept.names.isEmpty }
            #expect(await test.broker.hasToken())
        }
    }
}
