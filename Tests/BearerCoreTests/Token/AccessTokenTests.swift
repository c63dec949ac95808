import BearerCore
import Testing

@Suite struct AccessTokenTests {
    private func token(lasting seconds: Double) -> AccessToken {
        AccessToken(grant: .lasting(seconds), generation: 1, requestedAt: .origin)
    }

    /// Lifetime, now on both clocks, and whether it is handed out.
    static let ages: [(lifetime: Double, boot: Double, wall: Double, servable: Bool)] = [
        (100, 0, 0, true), (100, 98.5, 98.5, true), (100, 99, 99, false), (100, 99.5, 99.5, false),
        (100, 100, 100, false), (100, 200, 200, false), (100, 10, 95, true), (100, 95, 10, true), (100, 10, 100, false),
        (100, 99.5, -1e9, false), (1, 0, 0, false), (2, 0, 0, true), (2, 1, 1, false), (2, 0.75, 0.75, true),
    ]

    @Test("a token is handed out while more than a second is left on either clock", arguments: ages)
    func service(lifetime: Double, boot: Double, wall: Double, servable: Bool) {
        let now = ClockReading.at(boot: boot, wall: wall)
        #expect(token(lasting: lifetime).isServable(at: now) == servable)
    }

    @Test("both ends are counted from sending")
    func ends() {
        #expect(token(lasting: 100).expiry == .at(100))
        #expect(token(lasting: 100).endOfService == .at(99))
    }

    @Test("a server that promises more than 30 days is believed for 30 days")
    func maximumLifetime() {
        #expect(TokenGrant.lasting(2_592_000).lifetime == .seconds(2_592_000))
        #expect(TokenGrant.lasting(2_592_001).lifetime == .seconds(2_592_000))
        #expect(TokenGrant.lasting(9e15).lifetime == .seconds(2_592_000))
    }
}
