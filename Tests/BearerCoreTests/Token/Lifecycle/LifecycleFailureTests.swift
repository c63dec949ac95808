import BearerCore
import Testing

@Suite struct LifecycleFailureTests {
    private static let renewing = LifecycleRenewalTests.served + [Step(500, .deadline, [.sendToken(2)])]

    private static func reported(
        _ failure: ExchangeFailure, next: Double, isServing: Bool, kind: Exchange.Kind = .token
    ) -> [LifecycleAction] {
        [.report(.exchangeFailed(kind, failure, next: .at(next), isServing: isServing)), .exchangeFailed]
    }

    private static func recovered(failures: Int, duration: Double, renewal: Double) -> [LifecycleAction] {
        let report = LifecycleReport.recovered(
            generation: 2, lifetime: .seconds(1_000), renewal: .at(renewal), failures: failures,
            duration: .seconds(duration))
        return [.report(report), .tokenChanged]
    }

    static let scenarios = [
        Scenario(
            "an outage is reported at its start and at its end, and retried with backoff in between",
            renewing + [
                Step(501, .failed(exchange: 2, .unreachable), reported(.unreachable, next: 502, isServing: true)),
                Step(501.5, .deadline, []), Step(502, .deadline, [.sendToken(3)]),
                Step(502.5, .failed(exchange: 3, .timedOut), random: 0.5, [.exchangeFailed]),
                Step(504.5, .deadline, []), Step(505, .deadline, [.sendToken(4)]),
                Step(505, .failed(exchange: 4, .unavailable), random: 0.5, [.exchangeFailed]),
                Step(509, .deadline, []), Step(509.5, .deadline, [.sendToken(5)]),
                Step(
                    510, .granted(exchange: 5, .lasting(1_000), sentAt: .at(509.5)),
                    recovered(failures: 3, duration: 9, renewal: 1_009.5)),
                Step(1_009.5, .deadline, [.sendToken(6)]),
            ]),
        Scenario(
            "a failure without a token says that nothing is served",
            [
                Step(0, .start, [.sendToken(1)]),
                Step(1, .failed(exchange: 1, .unreachable), reported(.unreachable, next: 2, isServing: false)),
                Step(2, .deadline, [.sendToken(2)]),
            ]),
        Scenario(
            "a failure that arrives after the token's end says that nothing is served",
            renewing + [
                Step(1_000, .failed(exchange: 2, .timedOut), reported(.timedOut, next: 1_001, isServing: false)),
                Step(1_000, .deadline, [.tokenEnded, .report(.tokenExpired(next: .at(1_001)))]),
            ]),
        Scenario(
            "Retry-After is waited for, beyond the token's end too",
            renewing + [
                Step(
                    501, .failed(exchange: 2, .throttled(retryAfter: 600)),
                    reported(.throttled(retryAfter: 600), next: 1_101, isServing: true)),
                Step(999, .deadline, [.tokenEnded, .report(.tokenExpired(next: .at(1_101)))]),
                Step(1_100, .deadline, []), Step(1_101, .deadline, [.sendToken(3)]),
            ]),
        Scenario(
            "a 429 without Retry-After, or with none to speak of, waits a second",
            renewing + [
                Step(
                    501, .failed(exchange: 2, .throttled(retryAfter: nil)),
                    reported(.throttled(retryAfter: nil), next: 502, isServing: true)),
                Step(501.75, .deadline, []), Step(502, .deadline, [.sendToken(3)]),
                Step(502, .failed(exchange: 3, .throttled(retryAfter: 0)), [.exchangeFailed]),
                Step(502.75, .deadline, []), Step(503, .deadline, [.sendToken(4)]),
            ]),
        Scenario(
            "a wall clock step during an outage retries once, then backs off again",
            renewing + [
                Step(
                    501, .failed(exchange: 2, .throttled(retryAfter: 60)),
                    reported(.throttled(retryAfter: 60), next: 561, isServing: true)),
                Step(.at(boot: 502, wall: 600), .deadline, [.sendToken(3)]),
                Step(.at(boot: 503, wall: 601), .failed(exchange: 3, .unavailable), [.exchangeFailed]),
                Step(.at(boot: 503.5, wall: 601.5), .deadline, []),
                Step(.at(boot: 504, wall: 602), .deadline, [.sendToken(4)]),
            ]),
        Scenario(
            "a failed registration is retried like any exchange", .sample(hasCredentials: false),
            [
                Step(0, .start, [.sendRegistration(1)]),
                Step(
                    1, .failed(exchange: 1, .unavailable),
                    reported(.unavailable, next: 2, isServing: false, kind: .registration(replacing: false))),
                Step(2, .deadline, [.sendRegistration(2)]),
                Step(3, .failed(exchange: 2, .oauth(.invalidClient)), [.exchangeFailed]),
                Step(4, .deadline, [.sendRegistration(3)]),
                Step(5, .registered(exchange: 3), [.report(.registered(replacing: false)), .sendToken(4)]),
            ]),
    ]

    @Test("a failure is followed by exactly this", arguments: scenarios)
    func failure(scenario: Scenario) {
        scenario.play()
    }

    /// `Retry-After` of the last of ten failures, 270.1 s of backoff, and when the retry is due once the token has ended.
    static let ends: [(retryAfter: Double?, next: Double)] = [
        (nil, 1_014.5), (0, 1_014.5), (1, 1_014.5), (100, 1_059), (300, 1_259), (3_600, 4_559),
    ]

    @Test("the end of the token brings a far-off retry nearer, but not nearer than Retry-After", arguments: ends)
    func endDuringOutage(retryAfter: Double?, next: Double) {
        var lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(at: 0.95, jitter: 0), origin: .registration(.automatic), hasCredentials: true)
        _ = lifecycle.handle(.start, at: .origin, random: 0)
        _ = lifecycle.handle(.granted(exchange: 1, .lasting(1_000), sentAt: .origin), at: .origin, random: 0)
        for exchange in UInt64(2)...11 {
            let now = ClockReading.at(948 + Double(exchange))
            #expect(lifecycle.handle(.deadline, at: now, random: 0) == [.sendToken(exchange)])
            let isLast = exchange == 11
            let failure = ExchangeFailure.throttled(retryAfter: isLast ? retryAfter : nil)
            _ = lifecycle.handle(.failed(exchange: exchange, failure), at: now, random: isLast ? 0.9 : 0)
        }
        #expect(lifecycle.nextDeadline?.isReached(at: .at(999)) == true)
        let actions = lifecycle.handle(.deadline, at: .at(999), random: 0.5)
        #expect(actions == [.tokenEnded, .report(.tokenExpired(next: .at(next)))])
        #expect(lifecycle.nextDeadline == .at(next))
    }

    @Test("the current token survives every kind of failure", arguments: OAuthError.allCases)
    func survival(error: OAuthError) {
        var lifecycle = Scenario("", Self.renewing).play()
        let token = lifecycle.token
        for failure in [.oauth(error), ExchangeFailure.unreachable, .timedOut, .unavailable, .throttled(retryAfter: 9)]
        {
            var copy = lifecycle
            _ = copy.handle(.failed(exchange: 2, failure), at: .at(501), random: 0.5)
            #expect(copy.token == token && token != nil)
        }
        _ = lifecycle.handle(.failed(exchange: 2, .oauth(error)), at: .at(501), random: 0.5)
        #expect(lifecycle.token == token)
    }
}
