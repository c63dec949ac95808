import BearerCore
import Testing

@Suite struct LifecycleReloadTests {
    private static let restored = AccessToken(grant: .lasting(1_000), generation: 7, requestedAt: .origin)

    private static func restarted() -> TokenLifecycle {
        TokenLifecycle(
            renewal: RenewalPolicy(at: 0.5, jitter: 0), origin: .registration(.automatic), hasCredentials: true,
            restored: restored)
    }

    static let restarts = [
        Scenario(
            "a restored token is served on and renewed when it would have been", restarted(),
            [
                Step(100, .start, [.tokenChanged]), Step(499, .deadline, []), Step(500, .deadline, [.sendToken(1)]),
                Step(
                    500.5, .granted(exchange: 1, .lasting(1_000), sentAt: .at(500)),
                    [.obtained(8, lifetime: 1_000, renewal: 1_000), .tokenChanged]),
            ]),
        Scenario(
            "a restored token whose renewal is overdue is served and renewed at once", restarted(),
            [Step(700, .start, [.tokenChanged]), Step(700, .deadline, [.sendToken(1)])]),
        Scenario(
            "a restored token that has ended is forgotten", restarted(),
            [
                Step(999, .start, [.sendToken(1)]),
                Step(
                    1_000, .granted(exchange: 1, .lasting(1_000), sentAt: .at(999)),
                    [.obtained(8, lifetime: 1_000, renewal: 1_499), .tokenChanged]),
            ]),
        Scenario(
            "a wall clock set past the restored token's end while the daemon was down ends it", restarted(),
            [Step(.at(boot: 10, wall: 5_000), .start, [.sendToken(1)])]),
    ]

    @Test("a restart with a stored token is exactly this", arguments: restarts)
    func restart(scenario: Scenario) {
        let lifecycle = scenario.play()
        #expect(lifecycle.lastLifetime == .seconds(1_000))
        #expect(lifecycle.generation >= 7)
    }

    @Test("a restored token is renewed on demand")
    func demandAfterRestart() {
        var lifecycle = Self.restarted()
        _ = lifecycle.handle(.start, at: .at(100), random: 0)
        #expect(lifecycle.demandRenewal(at: .at(101)) == (.joined, [.sendToken(1)]))
    }

    private func reconfigure(_ lifecycle: inout TokenLifecycle, at share: Double, now: Double) -> [LifecycleAction] {
        lifecycle.reconfigure(
            renewal: RenewalPolicy(at: share, jitter: 0), origin: .registration(.never), at: .at(now), random: 0)
    }

    @Test("a changed policy moves the planned renewal and keeps the token")
    func changedPolicy() {
        var lifecycle = Scenario("", LifecycleRenewalTests.served).play()
        let token = lifecycle.token
        #expect(reconfigure(&lifecycle, at: 0.75, now: 100) == [])
        #expect(lifecycle.nextAttempt == .at(750))
        #expect(lifecycle.origin == .registration(.never))
        #expect(lifecycle.token == token && token != nil)
    }

    @Test(
        "tokens are numbered after those of a lifecycle before, and never backwards",
        arguments: [(3, 8), (7, 8), (12, 13)])
    func generations(before: UInt64, next: UInt64) {
        var lifecycle = Self.restarted()
        let token = AccessToken(grant: .lasting(1_000), generation: before, requestedAt: .origin)
        lifecycle.continueGenerations(
            of: TokenLifecycle(
                renewal: RenewalPolicy(), origin: .given, hasCredentials: true, restored: token))
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        _ = lifecycle.handle(.deadline, at: .at(500), random: 0)
        _ = lifecycle.handle(.granted(exchange: 1, .lasting(1_000), sentAt: .at(500)), at: .at(500), random: 0)
        #expect(lifecycle.token?.generation == next)
    }

    @Test("a reload that changes nothing leaves the planned renewal where it is")
    func samePolicy() {
        let policy = RenewalPolicy(at: 0.5, jitter: 0.1)
        let origin = CredentialsOrigin.registration(.automatic)
        var lifecycle = TokenLifecycle(renewal: policy, origin: origin, hasCredentials: true, restored: Self.restored)
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        #expect(lifecycle.reconfigure(renewal: policy, origin: origin, at: .at(1), random: 0.5) == [])
        #expect(lifecycle.nextAttempt == .at(500))
    }

    @Test("a reload does not put off an exchange that clients wait for")
    func demanded() {
        var lifecycle = Scenario("", LifecycleRenewalTests.served).play()
        #expect(lifecycle.demandRenewal(at: .at(0.5)) == (.joined, []))
        #expect(reconfigure(&lifecycle, at: 0.75, now: 0.6) == [])
        #expect(lifecycle.nextAttempt == .at(1))
    }

    @Test("a reload tries a refused profile at once")
    func refused() {
        var lifecycle = Scenario("", LifecycleRenewalTests.served + [Step(500, .deadline, [.sendToken(2)])]).play()
        _ = lifecycle.handle(.failed(exchange: 2, .oauth(.invalidRequest)), at: .at(500), random: 0)
        #expect(reconfigure(&lifecycle, at: 0.5, now: 510) == [.sendToken(3)])
    }

    @Test("a reload neither shortens a backoff nor adds an exchange", arguments: [0.5, 0.75])
    func duringTrouble(share: Double) {
        var lifecycle = Scenario("", LifecycleRenewalTests.served + [Step(500, .deadline, [.sendToken(2)])]).play()
        #expect(reconfigure(&lifecycle, at: share, now: 500) == [])
        #expect(lifecycle.exchange?.id == 2)
        _ = lifecycle.handle(.failed(exchange: 2, .throttled(retryAfter: 60)), at: .at(500), random: 0)
        #expect(reconfigure(&lifecycle, at: 1.25 - share, now: 510) == [])
        #expect(lifecycle.nextAttempt == .at(560))
    }
}
