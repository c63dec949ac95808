import BearerCore
import TestSupport
import Testing

@Suite struct AccessTokenTests {
    private func token(lasting seconds: Double) -> AccessToken {
        AccessToken(grant: .lasting(seconds), generation: 1, requestedAt: .origin)
    }

    /// Lifetime, now on both clocks, whether it is handed out, and `expires_in`.
    static let ages: [(lifetime: Double, boot: Double, wall: Double, servable: Bool, expiresIn: Int64)] = [
        (100, 0, 0, true, 100), (100, 0.5, 0.5, true, 99), (100, 98.5, 98.5, true, 1),
        (100, 99, 99, false, 1), (100, 99.5, 99.5, false, 0), (100, 100, 100, false, 0), (100, 200, 200, false, -100),
        (100, 10, 95, true, 5), (100, 95, 10, true, 5), (100, 10, 100, false, 0), (100, 99.5, -1e9, false, 0),
        (1, 0, 0, false, 1), (2, 0, 0, true, 2), (2, 1, 1, false, 1), (2, 0.75, 0.75, true, 1),
    ]

    @Test("a token is handed out while more than a second is left on either clock", arguments: ages)
    func service(lifetime: Double, boot: Double, wall: Double, servable: Bool, expiresIn: Int64) {
        let now = Moment.at(boot: boot, wall: wall)
        #expect(token(lasting: lifetime).isServable(at: now) == servable)
        #expect(token(lasting: lifetime).expiresIn(at: now) == expiresIn)
    }

    @Test("both ends are counted from sending")
    func ends() {
        #expect(token(lasting: 100).expiry == .at(100))
        #expect(token(lasting: 100).endOfService == .at(99))
    }

    @Test("what is handed out says at least one second, and never more than is left", arguments: UInt64(0)..<200)
    func promise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lifetime = Double.random(in: 1..<100, using: &random)
        let token = token(lasting: lifetime)
        let now = Moment.at(
            boot: Double.random(in: 0..<110, using: &random), wall: Double.random(in: 0..<110, using: &random))
        guard token.isServable(at: now) else { return }
        #expect(token.expiresIn(at: now) >= 1)
        #expect(.seconds(token.expiresIn(at: now)) <= token.remaining(at: now))
    }

    @Test("a server that promises more than 30 days is believed for 30 days")
    func longestLifetime() {
        #expect(TokenGrant.lasting(2_592_000).lifetime == .seconds(2_592_000))
        #expect(TokenGrant.lasting(2_592_001).lifetime == .seconds(2_592_000))
        #expect(TokenGrant.lasting(9e15).lifetime == .seconds(2_592_000))
    }
}
