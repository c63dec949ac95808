import BearerCore
import Testing

@Suite struct LifecycleRegistrationTests {
    private static func lost(_ sent: Double, _ id: UInt64) -> [Step] {
        [
            Step(sent, .deadline, [.sendRegistration(id)]),
            Step(sent + 15, .failed(exchange: id, .timedOut), [.exchangeFailed]),
        ]
    }

    private static func held(_ unanswered: Int, next: Double) -> LifecycleAction {
        .report(.registrationHeld(unanswered: unanswered, next: .at(next)))
    }

    private static func history(_ unanswered: Int, sent: Double) -> RegistrationHistory {
        RegistrationHistory(unanswered: unanswered, lastIntent: Moment.at(sent).wall)
    }

    private static let begun = [
        Step(0, .start, [.sendRegistration(1)]),
        Step(
            15, .failed(exchange: 1, .timedOut),
            [
                .report(
                    .exchangeFailed(.registration(replacing: false), .timedOut, next: .at(16), isServing: false)),
                .exchangeFailed,
            ]),
    ]

    static let scenarios = [
        Scenario(
            "after three unanswered registrations the next is held, longer each time, and that is told once",
            .sample(hasCredentials: false),
            begun + lost(16, 2) + lost(32, 3) + [Step(48, .deadline, [held(3, next: 92)]), Step(91, .deadline, [])]
                + lost(92, 4) + [Step(108, .deadline, []), Step(211, .deadline, [])]
                + lost(212, 5) + [Step(228, .deadline, []), Step(451, .deadline, [])] + lost(452, 6)),
        Scenario(
            "a restart finds the hold again", .sample(hasCredentials: false, history: history(3, sent: -10)),
            [
                Step(0, .start, [held(3, next: 50)]), Step(49, .deadline, []),
                Step(50, .deadline, [.sendRegistration(1)]),
            ]),
        Scenario(
            "two unanswered registrations hold nothing",
            .sample(hasCredentials: false, history: history(2, sent: -1)), [Step(0, .start, [.sendRegistration(1)])]),
        Scenario(
            "a hold ends although the wall clock was set back by ten years",
            .sample(hasCredentials: false, history: history(3, sent: 315_360_000)),
            [
                Step(0, .start, [held(3, next: 60)]), Step(59, .deadline, []),
                Step(60, .deadline, [.sendRegistration(1)]),
            ]),
        Scenario(
            "a clock that is set forward past the hold ends it",
            .sample(hasCredentials: false, history: history(9, sent: 0)),
            [
                Step(0, .start, [held(9, next: 3_600)]),
                Step(.at(boot: 5, wall: 3_600), .deadline, [.sendRegistration(1)]),
            ]),
        Scenario(
            "force overrules the hold", .sample(hasCredentials: false, history: history(9, sent: 0)),
            [Step(0, .start, [held(9, next: 3_600)]), Step(1, .registrationForced, [.sendRegistration(1)])]),
        Scenario(
            "force while idle replaces the credentials and fetches a token with the new ones",
            LifecycleRenewalTests.served + [
                Step(100, .registrationForced, [.sendRegistration(2, replacing: true)]),
                Step(101, .registered(exchange: 2), [.report(.registered(replacing: true)), .sendToken(3)]),
                Step(
                    102, .granted(exchange: 3, .lasting(1_000), sentAt: .at(101)),
                    [.obtained(2, lifetime: 1_000, renewal: 601), .tokenChanged]),
                Step(601, .deadline, [.sendToken(4)]),
            ]),
        Scenario(
            "force during an exchange waits for its success, and works once",
            LifecycleRenewalTests.served + [
                Step(500, .deadline, [.sendToken(2)]), Step(500.5, .registrationForced, []),
                Step(500.5, .registrationForced, []),
                Step(
                    501, .granted(exchange: 2, .lasting(1_000), sentAt: .at(500)),
                    [
                        .obtained(2, lifetime: 1_000, renewal: 1_000), .tokenChanged,
                        .sendRegistration(3, replacing: true),
                    ]),
                Step(502, .registered(exchange: 3), [.report(.registered(replacing: true)), .sendToken(4)]),
                Step(
                    503, .granted(exchange: 4, .lasting(1_000), sentAt: .at(502)),
                    [.obtained(3, lifetime: 1_000, renewal: 1_002), .tokenChanged]),
            ]),
        Scenario(
            "force during an exchange waits for its failure too",
            LifecycleRenewalTests.served + [
                Step(500, .deadline, [.sendToken(2)]), Step(500.5, .registrationForced, []),
                Step(
                    501, .failed(exchange: 2, .unreachable),
                    [
                        .report(.exchangeFailed(.token, .unreachable, next: .at(502), isServing: true)),
                        .exchangeFailed, .sendRegistration(3, replacing: true),
                    ]),
                Step(502, .failed(exchange: 3, .unreachable), [.exchangeFailed]),
                Step(503, .deadline, [.sendToken(4)]),
            ]),
    ]

    @Test("a registration is exactly this", arguments: scenarios)
    func registration(scenario: Scenario) {
        scenario.play()
    }

    /// What comes of a registration, and how many are then unanswered if two were before.
    static let outcomes: [(failure: ExchangeFailure, unanswered: Int)] = [
        (.timedOut, 3), (ExchangeFailure(.connectionLost, detail: "", isUnanswered: true), 3),
        (.unreachable, 2), (ExchangeFailure(.tls, detail: ""), 2), (ExchangeFailure(.timedOut, detail: ""), 2),
        (ExchangeFailure(.connectionLost, detail: ""), 2),
        (.unavailable, 0), (.throttled(retryAfter: nil), 0), (ExchangeFailure(.unexpectedReply, detail: ""), 0),
        (.oauth(.invalidSoftwareStatement), 0), (ExchangeFailure(.unexpectedReply, detail: "", isUnanswered: true), 3),
    ]

    @Test("a forced registration that meets a confirmed rejection is made once")
    func forcedOnce() {
        var lifecycle = TokenLifecycle.sample()
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        for (id, time) in [(UInt64(1), 1.0), (2, 40), (3, 61)] {
            if id == 3 { _ = lifecycle.handle(.registrationForced, at: .at(61), random: 0) }
            _ = lifecycle.handle(.failed(exchange: id, .oauth(.invalidClient)), at: .at(time), random: 0)
            _ = lifecycle.handle(.deadline, at: .at(time + 35), random: 0)
        }
        #expect(lifecycle.exchange == Exchange(id: 4, kind: .registration(replacing: true)))
        _ = lifecycle.handle(.registered(exchange: 4), at: .at(100), random: 0)
        let actions = lifecycle.handle(
            .granted(exchange: 5, .lasting(3_600), sentAt: .at(100)), at: .at(101), random: 0)
        #expect(actions.contains(.tokenChanged))
        #expect(lifecycle.exchange == nil && lifecycle.counters.registrations == 1)
    }

    @Test("a replacement is remembered before its answer, and forgotten when none was made")
    func replacementIntent() {
        let before = Moment.at(-200_000).wall
        for (failure, remembered) in [
            (ExchangeFailure.timedOut, Moment.at(5).wall), (.unreachable, before), (.unavailable, before),
        ] {
            var lifecycle = TokenLifecycle.sample(history: RegistrationHistory(lastReplacement: before))
            _ = lifecycle.handle(.registrationForced, at: .at(0), random: 0)
            #expect(lifecycle.history.lastReplacement == Moment.at(0).wall)
            _ = lifecycle.handle(.failed(exchange: 1, failure), at: .at(5), random: 0)
            #expect(lifecycle.history.lastReplacement == remembered)
        }
    }

    @Test("an answer ends the count, one that was never sent does not count", arguments: outcomes)
    func counting(failure: ExchangeFailure, unanswered: Int) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false, history: Self.history(2, sent: -100))
        #expect(lifecycle.handle(.start, at: .at(0), random: 0) == [.sendRegistration(1)])
        #expect(lifecycle.history == Self.history(3, sent: 0), "the intent comes before the request")
        _ = lifecycle.handle(.failed(exchange: 1, failure), at: .at(1), random: 0)
        #expect(lifecycle.history.unanswered == unanswered)
    }

    @Test(
        "a registration that succeeds ends the count; only a replacement is remembered as one",
        arguments: [true, false])
    func success(replacing: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: replacing, history: Self.history(2, sent: -100))
        _ = lifecycle.handle(.registrationForced, at: .at(0), random: 0)
        _ = lifecycle.handle(.registered(exchange: 1), at: .at(1), random: 0)
        #expect(lifecycle.history == RegistrationHistory(lastReplacement: replacing ? Moment.at(1).wall : nil))
        #expect(lifecycle.hasCredentials)
        #expect(lifecycle.counters.registrations == 1)
    }
}
