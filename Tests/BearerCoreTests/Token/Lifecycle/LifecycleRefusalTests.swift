import BearerCore
import Testing

@Suite struct LifecycleRefusalTests {
    private static let renewing = LifecycleRenewalTests.served + [Step(500, .deadline, [.sendToken(2)])]
    static let refusals = OAuthError.allCases.filter { $0 != .invalidClient }

    private static func refused(_ error: OAuthError, _ kind: Exchange.Kind = .token, next: Double) -> LifecycleAction {
        .report(.refused(error, kind, next: .at(next)))
    }

    @Test("a refusal while there is a token is reported once and tried again every 15 minutes", arguments: refusals)
    func whileServing(error: OAuthError) {
        let lifecycle = Scenario(
            "refusal", .sample(),
            Self.renewing + [
                Step(
                    510, .failed(exchange: 2, .oauth(error)), random: 0.5,
                    [Self.refused(error, next: 1_410), .exchangeFailed]),
                Step(999, .deadline, [.refused, .report(.tokenExpired(next: .at(1_410)))]),
                Step(1_409, .deadline, []), Step(1_410, .deadline, [.sendToken(3)]),
                Step(1_411, .failed(exchange: 3, .oauth(error)), [.exchangeFailed]),
                Step(2_311, .deadline, [.sendToken(4)]),
            ]
        ).play()
        #expect(lifecycle.state(at: .at(2_311)) == .refused)
    }

    @Test("a refused registration is reported once and tried again every 15 minutes", arguments: refusals)
    func registration(error: OAuthError) {
        let kind = Exchange.Kind.registration(replacing: false)
        Scenario(
            "refusal", .sample(hasCredentials: false),
            [
                Step(0, .start, [.sendRegistration(1)]),
                Step(1, .failed(exchange: 1, .oauth(error)), [Self.refused(error, kind, next: 901), .refused]),
                Step(901, .deadline, [.sendRegistration(2)]),
                Step(902, .failed(exchange: 2, .oauth(error)), [.exchangeFailed]),
                Step(1_802, .deadline, [.sendRegistration(3)]),
                Step(1_803, .registered(exchange: 3), [.report(.registered(replacing: false)), .sendToken(4)]),
            ]
        ).play()
    }

    static let scenarios = [
        Scenario(
            "another refusal is reported again",
            renewing + [
                Step(
                    500, .failed(exchange: 2, .oauth(.invalidRequest)),
                    [refused(.invalidRequest, next: 1_400), .exchangeFailed]),
                Step(
                    .at(boot: 501, wall: 1_400), .deadline,
                    [.refused, .report(.tokenExpired(next: .at(boot: 501, wall: 1_400))), .sendToken(3)]),
                Step(
                    .at(1_401), .failed(exchange: 3, .oauth(.unauthorizedClient)),
                    [refused(.unauthorizedClient, next: 2_301), .refused]),
            ]),
        Scenario(
            "a longer Retry-After is honoured, a shorter one does not shorten the wait",
            [
                Step(0, .start, [.sendToken(1)]),
                Step(0, .failed(exchange: 1, asked(2_000)), [refused(.invalidRequest, next: 2_000), .refused]),
                Step(1_999, .deadline, []), Step(2_000, .deadline, [.sendToken(2)]),
                Step(2_000, .failed(exchange: 2, asked(5)), [.exchangeFailed]),
                Step(2_899, .deadline, []), Step(2_900, .deadline, [.sendToken(3)]),
            ]),
        Scenario(
            "a transient failure after a refusal is not told, and the refusal stands",
            [
                Step(0, .start, [.sendToken(1)]),
                Step(
                    0, .failed(exchange: 1, .oauth(.invalidRequest)), [refused(.invalidRequest, next: 900), .refused]),
                Step(900, .deadline, [.sendToken(2)]),
                Step(901, .failed(exchange: 2, .unreachable), [.exchangeFailed]),
                Step(902, .deadline, [.sendToken(3)]),
                Step(902, .failed(exchange: 3, .oauth(.invalidRequest)), [.exchangeFailed]),
                Step(1_802, .deadline, [.sendToken(4)]),
                Step(
                    1_803, .granted(exchange: 4, .lasting(1_000), sentAt: .at(1_802)),
                    [
                        .report(
                            .recovered(
                                generation: 1, lifetime: .seconds(1_000), renewal: .at(2_302), failures: 3,
                                duration: .seconds(1_803))), .tokenChanged,
                    ]),
            ]),
    ]

    private static func asked(_ retryAfter: Double) -> ExchangeFailure {
        ExchangeFailure(.oauth(.invalidRequest), detail: "", retryAfter: .seconds(retryAfter))
    }

    @Test("a refusal is followed by exactly this", arguments: scenarios)
    func refusal(scenario: Scenario) {
        scenario.play()
    }
}
