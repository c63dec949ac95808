import BearerCore
import Testing

/// A profile that is given its client credentials.
@Suite struct LifecycleGivenCredentialsTests {
    private static func obtained(_ generation: UInt64, at seconds: Double) -> Step {
        Step(
            seconds, .granted(exchange: generation, .lasting(1_000), sentAt: .at(seconds)),
            [.obtained(generation, lifetime: 1_000, renewal: seconds + 500), .tokenChanged])
    }

    private static let served: [Step] = [Step(0, .start, [.sendToken(1)]), obtained(1, at: 0)]

    private static func refused(next: Double) -> LifecycleAction {
        .report(.refused(.invalidClient, .token, next: .at(next)))
    }

    private static func recovered(_ generation: UInt64, at now: Double, failures: Int, since: Double)
        -> [LifecycleAction]
    {
        [
            .report(
                .recovered(
                    generation: generation, lifetime: .seconds(1_000), renewal: .at(now + 500), failures: failures,
                    duration: .seconds(now - since))), .tokenChanged,
        ]
    }

    private static func given() -> TokenLifecycle { .sample(hasCredentials: false, origin: .given) }

    static let scenarios: [Scenario] = [
        Scenario("a start asks for a token and nothing else", given(), served),
        Scenario(
            "invalid_client at the start refuses the profile; it is tried again every 15 minutes", given(),
            [
                Step(0, .start, [.sendToken(1)]),
                Step(1, .failed(exchange: 1, .oauth(.invalidClient)), [refused(next: 901), .refused]),
                Step(900, .deadline, []), Step(901, .deadline, [.sendToken(2)]),
                Step(902, .failed(exchange: 2, .oauth(.invalidClient)), [.exchangeFailed]),
                Step(1_802, .deadline, [.sendToken(3)]),
                Step(1_803, .failed(exchange: 3, .oauth(.invalidClient)), [.exchangeFailed]),
            ]),
        Scenario(
            "invalid_client with a token: it is served to its end", given(),
            served + [
                Step(500, .deadline, [.sendToken(2)]),
                Step(501, .failed(exchange: 2, .oauth(.invalidClient)), [refused(next: 1_401), .exchangeFailed]),
                Step(998, .deadline, []), Step(999, .deadline, [.refused, .report(.tokenExpired(next: .at(1_401)))]),
                Step(1_401, .deadline, [.sendToken(3)]),
            ]),
        Scenario(
            "force registers nothing, at rest, in flight and afterwards", given(),
            [Step(0, .start, [.sendToken(1)]), Step(0, .registrationForced, []), obtained(1, at: 0)] + [
                Step(1, .registrationForced, []), Step(500, .deadline, [.sendToken(2)]),
            ]),
        Scenario(
            "other credentials are asked with at once, and an answer to those before is dropped", given(),
            served + [
                Step(500, .deadline, [.sendToken(2)]), Step(502, .credentialsChanged, [.sendToken(3)]),
                Step(502, .failed(exchange: 2, .oauth(.invalidClient)), []),
                Step(
                    502, .granted(exchange: 3, .lasting(1_000), sentAt: .at(502)),
                    [.obtained(2, lifetime: 1_000, renewal: 1_002), .tokenChanged]),
            ]),
        Scenario(
            "other credentials end a refusal; when they are refused as well, that is told again", given(),
            [
                Step(0, .start, [.sendToken(1)]),
                Step(1, .failed(exchange: 1, .oauth(.invalidClient)), [refused(next: 901), .refused]),
                Step(10, .credentialsChanged, [.sendToken(2)]),
                Step(11, .failed(exchange: 2, .oauth(.invalidClient)), [refused(next: 911), .refused]),
                Step(20, .credentialsChanged, [.sendToken(3)]),
                Step(
                    21, .granted(exchange: 3, .lasting(1_000), sentAt: .at(21)),
                    recovered(1, at: 21, failures: 2, since: 1)),
            ]),
        Scenario(
            "two changes within a second are one exchange, a second after the last", given(),
            [
                Step(0, .start, [.sendToken(1)]), Step(0.4, .credentialsChanged, []),
                Step(0.6, .credentialsChanged, []),
                Step(0.9, .deadline, []), Step(1, .deadline, [.sendToken(2)]),
            ]),
    ]

    @Test("exactly this happens", arguments: scenarios)
    func exactly(scenario: Scenario) {
        let lifecycle = scenario.play()
        #expect(lifecycle.counters.registrations == 0 && lifecycle.hasCredentials)
        #expect(lifecycle.history == RegistrationHistory())
    }

    @Test("the token goes on when the credentials change, until its successor is there")
    func goesOn() {
        var lifecycle = Scenario("", Self.given(), Self.served + [Step(10, .credentialsChanged, [.sendToken(2)])])
            .play()
        #expect(lifecycle.token?.generation == 1)
        #expect(lifecycle.state(at: .at(10)) == .renewing)
        _ = lifecycle.handle(.failed(exchange: 2, .oauth(.invalidClient)), at: .at(11), random: 0)
        #expect(lifecycle.token?.generation == 1 && lifecycle.state(at: .at(11)) == .refused)
        _ = lifecycle.handle(.credentialsChanged, at: .at(12), random: 0)
        #expect(lifecycle.token?.generation == 1 && lifecycle.state(at: .at(12)) == .degraded)
    }

    @Test("another refusal is one for given credentials as well", arguments: OAuthError.allCases)
    func refusal(error: OAuthError) {
        var lifecycle = Scenario("", Self.given(), [Step(0, .start, [.sendToken(1)])]).play()
        _ = lifecycle.handle(.failed(exchange: 1, .oauth(error)), at: .at(1), random: 0)
        #expect(lifecycle.state(at: .at(1)) == .refused && lifecycle.nextAttempt == .at(901))
    }
}
