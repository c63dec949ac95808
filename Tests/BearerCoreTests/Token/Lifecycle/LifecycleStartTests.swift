import BearerCore
import Testing

@Suite struct LifecycleStartTests {
    static let scenarios = [
        Scenario(
            "a cold start registers once, then asks for a token", .sample(hasCredentials: false),
            [
                Step(0, .start, [.sendRegistration(1)]),
                Step(1, .registered(exchange: 1), [.report(.registered(replacing: false)), .sendToken(2)]),
                Step(
                    2, .granted(exchange: 2, .lasting(1_000), sentAt: .at(1)),
                    [.obtained(1, lifetime: 1_000, renewal: 501), .tokenChanged]),
            ]),
        Scenario(
            "a start with credentials asks for a token only",
            [
                Step(0, .start, [.sendToken(1)]),
                Step(
                    0.5, .granted(exchange: 1, .lasting(1_000), sentAt: .at(0)),
                    [.obtained(1, lifetime: 1_000, renewal: 500), .tokenChanged]),
            ]),
        Scenario(
            "nothing happens until the first answer",
            [
                Step(0, .start, [.sendToken(1)]), Step(10, .deadline, []), Step(1e6, .deadline, []),
                Step(.at(boot: 1e6, wall: -1e6), .start, []),
            ]),
        Scenario(
            "a token request within a second of the last waits for that second", .sample(hasCredentials: true),
            [
                Step(0, .start, [.sendToken(1)]),
                Step(0.25, .registrationForced, []),
                Step(
                    0.5, .granted(exchange: 1, .lasting(1_000), sentAt: .at(0)),
                    [.obtained(1, lifetime: 1_000, renewal: 500), .tokenChanged, .sendRegistration(2, replacing: true)]),
                Step(0.75, .registered(exchange: 2), [.report(.registered(replacing: true))]),
                Step(0.875, .deadline, []),
                Step(1, .deadline, [.sendToken(3)]),
            ]),
    ]

    @Test("a start is exactly this", arguments: scenarios)
    func start(scenario: Scenario) {
        scenario.play()
    }

    @Test("a token that was sent late by the budget still keeps its distance to the next request")
    func sentLate() {
        var lifecycle = TokenLifecycle.sample()
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        _ = lifecycle.handle(.granted(exchange: 1, .lasting(1_000), sentAt: .at(5)), at: .at(5.25), random: 0)
        #expect(lifecycle.demandRenewal(at: .at(5.5)).1.isEmpty)
        #expect(lifecycle.nextAttempt == .at(6))
    }

    @Test("a token of an earlier process that has ended meanwhile is none")
    func ended() {
        let token = AccessToken(grant: .lasting(1_000), generation: 7, requestedAt: .at(-999))
        var lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: true, restored: token)
        #expect(lifecycle.handle(.start, at: .at(0), random: 0) == [.sendToken(1)])
        #expect(lifecycle.token == nil)
        #expect(lifecycle.generation == 7)
    }
}
