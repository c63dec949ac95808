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
        RegistrationHistory(unanswered: unanswered, lastIntent: ClockReading.at(sent).boot)
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
            "after three unanswered registrations the next is held, longer each time, and that is reported once",
            .sample(hasCredentials: false),
            begun + lost(16, 2) + lost(32, 3) + [Step(48, .deadline, [held(3, next: 107)]), Step(106, .deadline, [])]
                + lost(107, 4) + [Step(123, .deadline, []), Step(241, .deadline, [])]
                + lost(242, 5) + [Step(258, .deadline, []), Step(496, .deadline, [])] + lost(497, 6)),
        Scenario(
            "a restart finds the hold again", .sample(hasCredentials: false, history: history(3, sent: -10)),
            [
                Step(0, .start, [held(3, next: 50), .saveHistory]), Step(49, .deadline, []),
                Step(50, .deadline, [.sendRegistration(1)]),
            ]),
        Scenario(
            "two unanswered registrations hold nothing",
            .sample(hasCredentials: false, history: history(2, sent: -1)), [Step(0, .start, [.sendRegistration(1)])]),
        Scenario(
            "no step of the wall clock makes a hold shorter or longer",
            .sample(hasCredentials: false, history: history(3, sent: 0)),
            [
                Step(0, .start, [held(3, next: 60), .saveHistory]),
                Step(.at(boot: 20, wall: 86_400), .deadline, [.saveHistory]),
                Step(.at(boot: 40, wall: -315_360_000), .deadline, [.saveHistory]),
                Step(.at(boot: 59, wall: 1e9), .deadline, [.saveHistory]),
                Step(.at(boot: 60, wall: 1e9 + 1), .deadline, [.sendRegistration(1)]),
            ]),
        Scenario(
            "a hold counts from the loss, not from the intent",
            .sample(hasCredentials: false, history: history(2, sent: -10)),
            [
                Step(0, .start, [.sendRegistration(1)]),
                Step(
                    300, .failed(exchange: 1, .timedOut),
                    [
                        .report(
                            .exchangeFailed(
                                .registration(replacing: false), .timedOut, next: .at(301), isServing: false)),
                        .exchangeFailed,
                    ]),
                Step(301, .deadline, [held(3, next: 360)]),
                Step(360, .deadline, [.sendRegistration(2)]),
            ]),
        Scenario(
            "what was not sent leaves the hold where it was",
            .sample(hasCredentials: false, history: history(3, sent: -60)),
            [
                Step(0, .start, [.sendRegistration(1)]),
                Step(
                    15, .failed(exchange: 1, .unreachable),
                    [
                        .report(
                            .exchangeFailed(
                                .registration(replacing: false), .unreachable, next: .at(16), isServing: false)),
                        .exchangeFailed,
                    ]),
                Step(16, .deadline, [.sendRegistration(2)]),
            ]),
        Scenario(
            "force overrules the hold", .sample(hasCredentials: false, history: history(9, sent: 0)),
            [
                Step(0, .start, [held(9, next: 3_600), .saveHistory]),
                Step(1, .registrationForced, [.sendRegistration(1)]),
            ]),
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

    static let withdrawn = [
        Scenario(
            "an order that is withdrawn leaves the renewal as it was planned",
            LifecycleRenewalTests.served + [
                Step(100, .registrationForced, [.sendRegistration(2, replacing: true)]),
                Step(150, .registrationWithdrawn, [.saveHistory]), Step(499, .deadline, []),
                Step(500, .deadline, [.sendToken(3)]),
            ]),
        Scenario(
            "one that is withdrawn after the time of the renewal has it sent at once",
            LifecycleRenewalTests.served + [
                Step(100, .registrationForced, [.sendRegistration(2, replacing: true)]), Step(500, .deadline, []),
                Step(600, .registrationWithdrawn, [.saveHistory]), Step(600, .deadline, [.sendToken(3)]),
            ]),
        Scenario(
            "an order that waits for a token request is forgotten",
            LifecycleRenewalTests.served + [
                Step(500, .deadline, [.sendToken(2)]), Step(500.5, .registrationForced, []),
                Step(500.75, .registrationWithdrawn, []),
                Step(
                    501, .granted(exchange: 2, .lasting(1_000), sentAt: .at(500)),
                    [.obtained(2, lifetime: 1_000, renewal: 1_000), .tokenChanged]),
            ]),
        Scenario(
            "a registration that nobody ordered cannot be withdrawn", .sample(hasCredentials: false),
            [
                Step(0, .start, [.sendRegistration(1)]), Step(1, .registrationForced, []),
                Step(2, .registrationWithdrawn, []),
                Step(3, .registered(exchange: 1), [.report(.registered(replacing: false)), .sendToken(2)]),
                Step(4, .registrationWithdrawn, []),
            ]),
        Scenario(
            "nor one that has ended",
            LifecycleRenewalTests.served + [
                Step(100, .registrationForced, [.sendRegistration(2, replacing: true)]),
                Step(101, .registered(exchange: 2), [.report(.registered(replacing: true)), .sendToken(3)]),
                Step(101, .registrationWithdrawn, []),
                Step(
                    102, .granted(exchange: 3, .lasting(1_000), sentAt: .at(101)),
                    [.obtained(2, lifetime: 1_000, renewal: 601), .tokenChanged]),
            ]),
    ]

    @Test("an order to register that is withdrawn", arguments: withdrawn)
    func withdrawal(scenario: Scenario) {
        let before = scenario.lifecycle.history
        let after = scenario.play()
        #expect(after.forcedRegistration == .none)
        #expect(after.history.unanswered == before.unanswered)
    }

    @Test("a withdrawn order is no replacement: the next confirmed rejection may replace the credentials")
    func withdrawnHistory() {
        var lifecycle = TokenLifecycle.sample()
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        _ = lifecycle.handle(.failed(exchange: 1, .unreachable), at: .at(0), random: 0)
        let before = lifecycle.history
        #expect(
            lifecycle.handle(.registrationForced, at: .at(0.5), random: 0) == [.sendRegistration(2, replacing: true)])
        #expect(lifecycle.history != before && lifecycle.forcedRegistration.since == .at(0.5))
        #expect(lifecycle.handle(.registrationWithdrawn, at: .at(0.6), random: 0) == [.saveHistory])
        #expect(lifecycle.history == before)
    }

    @Test("a registration is exactly this", arguments: scenarios)
    func registration(scenario: Scenario) {
        scenario.play()
    }

    private static func failure(_ reason: ExchangeFailure.Reason, isUnanswered: Bool = false) -> ExchangeFailure {
        ExchangeFailure(reason, detail: "", isUnanswered: isUnanswered)
    }

    enum Count { case kept, reset, withdrawn }

    /// What a failed registration makes of the count of unanswered ones and of the note of a replacement.
    static let outcomes: [(failure: ExchangeFailure, count: Count)] = [
        // Perhaps carried out: time-out, reset, gateways, a 201 that is unusable, any 4xx that is not documented.
        (.timedOut, .kept), (failure(.connectionLost, isUnanswered: true), .kept),
        (failure(.status(408), isUnanswered: true), .kept), (failure(.status(418), isUnanswered: true), .kept),
        (failure(.status(500), isUnanswered: true), .kept), (.badGateway, .kept),
        (failure(.status(503), isUnanswered: true), .kept), (failure(.status(504), isUnanswered: true), .kept),
        (failure(.unexpectedReply, isUnanswered: true), .kept), (failure(.tls, isUnanswered: true), .kept),
        (failure(.notConnected, isUnanswered: true), .kept),
        // An answer that shows that none was made.
        (.unavailable, .reset), (.throttled(retryAfter: nil), .reset), (failure(.status(302)), .reset),
        (failure(.status(401)), .reset), (failure(.status(403)), .reset), (failure(.status(404)), .reset),
        (failure(.unexpectedReply), .reset),
        // Never sent.
        (.unreachable, .withdrawn), (failure(.tls), .withdrawn), (failure(.timedOut), .withdrawn),
        (failure(.connectionLost), .withdrawn),
    ]
    static let documented = OAuthError.allCases.flatMap { error in
        [false, true].map { (failure: failure(.oauth(error), isUnanswered: $0), count: Count.reset) }
    }

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

    @Test("only an answer ends the count, and what was never sent does not count", arguments: outcomes + documented)
    func counting(failure: ExchangeFailure, count: Count) {
        let before = Self.history(2, sent: -100)
        var lifecycle = TokenLifecycle.sample(hasCredentials: false, history: before)
        #expect(lifecycle.handle(.start, at: .at(0), random: 0) == [.sendRegistration(1)])
        #expect(lifecycle.history == Self.history(3, sent: 0), "the intent comes before the request")
        _ = lifecycle.handle(.failed(exchange: 1, failure), at: .at(1), random: 0)
        switch count {
        case .kept: #expect(lifecycle.history == Self.history(3, sent: 1))
        case .reset: #expect(lifecycle.history == RegistrationHistory())
        case .withdrawn: #expect(lifecycle.history == before)
        }
    }

    @Test(
        "a replacement is noted before its answer, and the note goes only when none was made",
        arguments: outcomes + documented)
    func replacementIntent(failure: ExchangeFailure, count: Count) {
        let before = RegistrationHistory(lastReplacement: ClockReading.at(-80_000).boot)
        var lifecycle = TokenLifecycle.sample(history: before)
        #expect(lifecycle.handle(.registrationForced, at: .at(0), random: 0) == [.sendRegistration(1, replacing: true)])
        #expect(lifecycle.history.lastReplacement == ClockReading.at(0).boot)
        _ = lifecycle.handle(.failed(exchange: 1, failure), at: .at(5), random: 0)
        let isKept = count == .kept
        #expect(lifecycle.history.lastReplacement == (isKept ? ClockReading.at(5).boot : before.lastReplacement))
        #expect(lifecycle.history.unanswered == (isKept ? 1 : 0))
    }

    @Test("what was not sent takes back its own intent only")
    func ownIntent() {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false)
        for step in Self.begun { _ = lifecycle.handle(step.event, at: step.now, random: step.random) }
        #expect(lifecycle.handle(.deadline, at: .at(16), random: 0) == [.sendRegistration(2)])
        _ = lifecycle.handle(.failed(exchange: 2, .unreachable), at: .at(17), random: 0)
        #expect(lifecycle.history == Self.history(1, sent: 15))
    }

    @Test("what could be recorded nowhere holds the next registration, until it is recorded")
    func notRecorded() {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false)
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        lifecycle.registrationNotRecorded(at: .at(5))
        #expect(lifecycle.history == Self.history(3, sent: 5))
        lifecycle.registrationRecorded()
        #expect(lifecycle.history == RegistrationHistory())
    }

    @Test("a hold is reported again once a registration was answered", arguments: [true, false])
    func holdReport(isAnswered: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false, history: Self.history(3, sent: 0))
        #expect(lifecycle.handle(.start, at: .at(0), random: 0) == [Self.held(3, next: 60), .saveHistory])
        #expect(lifecycle.isRegistrationHeld)
        _ = lifecycle.handle(.deadline, at: .at(60), random: 0)
        #expect(!lifecycle.isRegistrationHeld, "one is in flight")
        let failure = isAnswered ? ExchangeFailure.unavailable : .badGateway
        _ = lifecycle.handle(.failed(exchange: 1, failure), at: .at(60), random: 0)
        #expect(lifecycle.isRegistrationHeld == !isAnswered)
        guard isAnswered else {
            return #expect(lifecycle.handle(.deadline, at: .at(61), random: 0) == [])
        }
        var now = 61.0
        for exchange in UInt64(2)...4 {
            #expect(lifecycle.handle(.deadline, at: .at(now), random: 0) == [.sendRegistration(exchange)])
            _ = lifecycle.handle(.failed(exchange: exchange, .badGateway), at: .at(now), random: 0)
            now += 1
        }
        #expect(lifecycle.handle(.deadline, at: .at(now), random: 0) == [Self.held(3, next: now + 59)])
    }

    @Test(
        "a registration that succeeds ends the count; only a replacement is remembered as one",
        arguments: [true, false])
    func success(replacing: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: replacing, history: Self.history(3, sent: 0))
        if !replacing { _ = lifecycle.handle(.start, at: .at(0), random: 0) }
        #expect(lifecycle.isRegistrationHeld == !replacing)
        _ = lifecycle.handle(.registrationForced, at: .at(0), random: 0)
        _ = lifecycle.handle(.registered(exchange: 1), at: .at(1), random: 0)
        _ = lifecycle.handle(.failed(exchange: 2, .unreachable), at: .at(2), random: 0)
        #expect(!lifecycle.isRegistrationHeld)
        #expect(lifecycle.history == RegistrationHistory(lastReplacement: replacing ? ClockReading.at(1).boot : nil))
        #expect(lifecycle.hasCredentials)
        #expect(lifecycle.counters.registrations == 1)
    }

    /// Seconds that the wall clock was stepped since the history was last written, and whether it is written again.
    static let steps: [(step: Double, isWritten: Bool)] = [
        (0, false), (9.5, false), (-9.5, false), (10, true), (-10, true), (86_400, true), (-1e9, true),
    ]

    @Test("the history is written again when the wall clock was stepped", arguments: steps)
    func writing(step: Double, isWritten: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false)
        #expect(
            lifecycle.handle(.start, at: .at(0), random: 0) == [.sendRegistration(1)], "it is written with the intent")
        #expect(lifecycle.handle(.deadline, at: .at(1), random: 0) == [])
        let expected: [LifecycleAction] = isWritten ? [.saveHistory] : []
        #expect(lifecycle.handle(.deadline, at: .at(boot: 2, wall: 2 + step), random: 0) == expected)
        #expect(lifecycle.handle(.deadline, at: .at(boot: 3, wall: 3 + step), random: 0) == [])
    }

    @Test("a history without times need not be written again")
    func nothingToWrite() {
        var lifecycle = TokenLifecycle.sample(history: RegistrationHistory(unanswered: 2))
        #expect(lifecycle.handle(.start, at: .at(0), random: 0) == [.sendToken(1)])
        #expect(lifecycle.handle(.deadline, at: .at(boot: 1, wall: 1e6), random: 0) == [])
        var replaced = TokenLifecycle.sample(history: RegistrationHistory(lastReplacement: .zero))
        #expect(replaced.handle(.start, at: .at(0), random: 0) == [.sendToken(1), .saveHistory])
    }
}
