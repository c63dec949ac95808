import BearerCore
import TestSupport
import Testing

@Suite struct LifecycleInvalidClientTests {
    /// A token of 10,000 s whose renewal is due with 5 % of its life left, at 9,500 s.
    private static func late(_ policy: Reregistration, history: RegistrationHistory = .init()) -> TokenLifecycle {
        var lifecycle = TokenLifecycle(
            renewal: RenewalPolicy(at: 0.95, jitter: 0), origin: .registration(policy), hasCredentials: true,
            history: history)
        _ = lifecycle.handle(.start, at: .origin, random: 0)
        _ = lifecycle.handle(.granted(exchange: 1, .lasting(10_000), sentAt: .origin), at: .origin, random: 0)
        return lifecycle
    }

    private static func rejected(
        _ policy: Reregistration, _ replacement: Replacement? = nil, next: Double
    ) -> [LifecycleAction] {
        let replacement = replacement ?? (policy == .never ? .never : .onceConfirmed)
        return [.report(.credentialsRejected(replacement, next: .at(next))), .exchangeFailed]
    }

    /// Asks at `now` and is told `invalid_client` at once.
    private static func asked(_ now: Double, _ id: UInt64, _ actions: [LifecycleAction]) -> [Step] {
        [
            Step(now, .deadline, [.sendToken(id)]),
            Step(now, .failed(exchange: id, .oauth(.invalidClient)), actions),
        ]
    }

    private static func almost(_ policy: Reregistration) -> [Step] {
        asked(9_500, 2, rejected(policy, next: 9_501)) + asked(9_530, 3, [.exchangeFailed])
            + asked(9_559.5, 4, [.exchangeFailed])
    }

    private static let replaced = [
        Step(9_564, .registered(exchange: 6), [.report(.registered(replacing: true)), .sendToken(7)])
    ]

    static let scenarios = [
        Scenario(
            "three answers over a minute, near the end: new credentials", late(.automatic),
            almost(.automatic) + asked(9_562, 5, [.exchangeFailed, .sendRegistration(6, replacing: true)]) + replaced),
        Scenario(
            "what was said of the credentials before does not count for the new ones", late(.automatic),
            almost(.automatic) + asked(9_562, 5, [.exchangeFailed, .sendRegistration(6, replacing: true)]) + replaced
                + [
                    Step(
                        9_565, .failed(exchange: 7, .oauth(.invalidClient)),
                        rejected(.automatic, .from(.at(95_964), .replacedBefore), next: 9_566))
                ]),
        Scenario(
            "never means never", late(.never),
            almost(.never) + asked(9_562, 5, [.exchangeFailed])
                + [Step(9_999, .deadline, [.tokenEnded, .report(.tokenExpired(next: .at(9_999))), .sendToken(6)])]),
        Scenario(
            "three answers with 5 % left are not enough", late(.automatic),
            [Step(.at(boot: 9_000, wall: 9_500), .deadline, [.sendToken(2)])]
                + [
                    Step(
                        9_000, .failed(exchange: 2, .oauth(.invalidClient)),
                        rejected(.automatic, .from(.at(9_500), .tokenServed), next: 9_001))
                ]
                + asked(9_050, 3, [.exchangeFailed]) + asked(9_200, 4, [.exchangeFailed])
                + asked(9_500, 5, [.exchangeFailed])
                + asked(9_500.5 + 1, 6, [.exchangeFailed, .sendRegistration(7, replacing: true)])),
        Scenario(
            "an error that passes leaves no trace", late(.automatic),
            asked(9_500, 2, rejected(.automatic, next: 9_501)) + asked(9_530, 3, [.exchangeFailed]) + [
                Step(9_561, .deadline, [.sendToken(4)]),
                Step(
                    9_561, .granted(exchange: 4, .lasting(100), sentAt: .at(9_561)),
                    [
                        .report(
                            .recovered(
                                generation: 2, lifetime: .seconds(100), renewal: .at(9_656), failures: 2,
                                duration: .seconds(61))), .tokenChanged,
                    ]),
            ] + asked(9_656, 5, rejected(.automatic, next: 9_657)) + asked(9_659, 6, [.exchangeFailed])),
        Scenario(
            "without a token the third answer over a minute suffices", .sample(),
            [
                Step(0, .start, [.sendToken(1)]),
                Step(0, .failed(exchange: 1, .oauth(.invalidClient)), rejected(.automatic, next: 1)),
            ] + asked(30, 2, [.exchangeFailed]) + asked(59, 3, [.exchangeFailed])
                + asked(60, 4, [.exchangeFailed, .sendRegistration(5, replacing: true)])),
        Scenario(
            "transient failures in between neither count nor clear", .sample(),
            [
                Step(0, .start, [.sendToken(1)]),
                Step(0, .failed(exchange: 1, .oauth(.invalidClient)), rejected(.automatic, next: 1)),
            ] + asked(30, 2, [.exchangeFailed]) + [
                Step(60, .deadline, [.sendToken(3)]), Step(61, .failed(exchange: 3, .unavailable), [.exchangeFailed]),
            ] + asked(70, 4, [.exchangeFailed, .sendRegistration(5, replacing: true)])),
        Scenario(
            "a confirmed rejection waits for the hold after unanswered registrations, and the token is asked for meanwhile",
            .sample(history: RegistrationHistory(unanswered: 3, lastIntent: ClockReading.at(30).boot)),
            [
                Step(0, .start, [.sendToken(1), .saveHistory]),
                Step(
                    0, .failed(exchange: 1, .oauth(.invalidClient)),
                    rejected(.automatic, .from(.at(90), .registrationHeld), next: 1)),
            ] + asked(30, 2, [.exchangeFailed]) + asked(60, 3, [.exchangeFailed]) + asked(61, 4, [.exchangeFailed])
                + asked(89, 5, [.exchangeFailed])
                + asked(90, 6, [.exchangeFailed, .sendRegistration(7, replacing: true)])),
        Scenario(
            "a replacement that the server refuses is reported once, not at each attempt",
            late(.automatic),
            almost(.automatic) + asked(9_562, 5, [.exchangeFailed, .sendRegistration(6, replacing: true)]) + [
                Step(
                    9_563, .failed(exchange: 6, .oauth(.invalidSoftwareStatement)),
                    [
                        .report(.refused(.invalidSoftwareStatement, .registration(replacing: true), next: .at(10_463))),
                        .exchangeFailed,
                    ]),
                Step(9_999, .deadline, [.refused, .report(.tokenExpired(next: .at(10_463)))]),
            ] + asked(10_463, 7, [.exchangeFailed, .sendRegistration(8, replacing: true)]) + [
                Step(10_464, .failed(exchange: 8, .oauth(.invalidSoftwareStatement)), [.exchangeFailed])
            ]),
    ]

    @Test("invalid_client is followed by exactly this", arguments: scenarios)
    func invalidClient(scenario: Scenario) {
        scenario.play()
    }

    /// Seconds since the token was obtained, of its 10,000, and since the last replacement, and what is reported.
    static let replacementPlans: [(tokenAge: Double, age: Double?, expected: Replacement)] = [
        (0, nil, .from(.at(9_500), .tokenServed)), (9_000, nil, .from(.at(9_500), .tokenServed)),
        (9_600, nil, .onceConfirmed), (9_600, 86_350, .onceConfirmed),
        (9_600, 3_600, .from(.at(9_600 + 82_800), .replacedBefore)), (0, 3_600, .from(.at(82_800), .replacedBefore)),
        (0, 86_000, .from(.at(9_500), .tokenServed)),
    ]

    @Test(
        "the report says when credentials are replaced at the earliest, and why not before", arguments: replacementPlans
    )
    func replacementPlan(tokenAge: Double, age: Double?, expected: Replacement) {
        let replaced = age.map { ClockReading.at(tokenAge).boot - .seconds($0) }
        var lifecycle = Self.late(.automatic, history: RegistrationHistory(lastReplacement: replaced))
        let (demand, actions) = lifecycle.demandRenewal(at: .at(tokenAge + 1))
        #expect(demand == .joined && actions == [.sendToken(2)])
        let reports = lifecycle.handle(.failed(exchange: 2, .oauth(.invalidClient)), at: .at(tokenAge), random: 0)
        #expect(reports.first == .report(.credentialsRejected(expected, next: .at(tokenAge + 1))))
    }

    @Test(
        "a start without a token registers anew after a minute of invalid_client, once, and never with reregister: never",
        arguments: [(Reregistration.automatic, 1), (.never, 0)])
    func withoutToken(policy: Reregistration, expected: Int) {
        var lifecycle = TokenLifecycle.sample(origin: .registration(policy))
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        var registrations: [Double] = []
        var now = 0.0
        while now < 80_000 {
            guard let exchange = lifecycle.exchange else {
                now += max(0, (lifecycle.nextDeadline?.remaining(at: .at(now)) ?? .zero) / .seconds(1)) + 0.001
                _ = lifecycle.handle(.deadline, at: .at(now), random: 0.5)
                continue
            }
            now += 0.2
            if exchange.kind == .token {
                _ = lifecycle.handle(.failed(exchange: exchange.id, .oauth(.invalidClient)), at: .at(now), random: 0.5)
            } else {
                registrations.append(now)
                _ = lifecycle.handle(.registered(exchange: exchange.id), at: .at(now), random: 0.5)
            }
        }
        #expect(registrations.count == expected)
        #expect(registrations.allSatisfy { (60..<120).contains($0) })
    }

    /// Seconds between the last replacement and the confirmed answer, and whether credentials are replaced again.
    static let replacements: [(age: Double, allowed: Bool)] = [
        (0, false), (86_399, false), (86_400, true), (1e8, true),
    ]

    @Test("credentials are replaced at most once in 24 h, as remembered across restarts", arguments: replacements)
    func withinADay(age: Double, allowed: Bool) {
        let history = RegistrationHistory(lastReplacement: ClockReading.at(60).boot - .seconds(age))
        var lifecycle = TokenLifecycle.sample(history: history)
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        _ = lifecycle.handle(.failed(exchange: 1, .oauth(.invalidClient)), at: .at(0), random: 0)
        for (now, id) in [(30.0, UInt64(2)), (60, 3)] {
            #expect(lifecycle.handle(.deadline, at: .at(now), random: 0) == [.sendToken(id)])
            let actions = lifecycle.handle(.failed(exchange: id, .oauth(.invalidClient)), at: .at(now), random: 0)
            let isReplacing = allowed && now == 60
            #expect(actions == [.exchangeFailed] + (isReplacing ? [.sendRegistration(4, replacing: true)] : []))
        }
    }

    @Test("a replacement whose answer never came counts as made")
    func unansweredReplacement() {
        var lifecycle = Scenario("", Self.late(.automatic), Array(Self.scenarios[0].steps.dropLast())).play()
        #expect(lifecycle.handle(.failed(exchange: 6, .timedOut), at: .at(9_577), random: 0) == [.exchangeFailed])
        #expect(lifecycle.history.lastReplacement == ClockReading.at(9_577).boot)
        #expect(lifecycle.history.unanswered == 1)
        #expect(lifecycle.handle(.deadline, at: .at(9_640), random: 0) == [.sendToken(7)])
        #expect(
            lifecycle.handle(.failed(exchange: 7, .oauth(.invalidClient)), at: .at(9_640), random: 0) == [
                .exchangeFailed
            ])
    }

    @Test(
        "a wall clock a day ahead allows no second replacement, nor does one far behind",
        arguments: [86_400.0, 1e9, -1e9])
    func clockStep(step: Double) {
        var lifecycle = Scenario("", Self.late(.automatic), Self.scenarios[0].steps).play()
        // The server rejects the new credentials as well, an hour later.
        _ = lifecycle.handle(.failed(exchange: 7, .oauth(.invalidClient)), at: .at(9_565), random: 0)
        for (now, exchange) in [(13_000.0, UInt64(8)), (13_040, 9), (13_080, 10), (13_120, 11)] {
            let stepped = ClockReading.at(boot: now, wall: now + step)
            #expect(lifecycle.handle(.deadline, at: stepped, random: 0).contains(.sendToken(exchange)))
            let actions = lifecycle.handle(.failed(exchange: exchange, .oauth(.invalidClient)), at: stepped, random: 0)
            #expect(actions == [.exchangeFailed])
        }
        let next = ClockReading.at(boot: 9_564 + 86_400, wall: 9_564 + 86_400 + step)
        #expect(lifecycle.handle(.deadline, at: next, random: 0) == [.sendToken(12)])
        let actions = lifecycle.handle(.failed(exchange: 12, .oauth(.invalidClient)), at: next, random: 0)
        #expect(actions == [.exchangeFailed, .sendRegistration(13, replacing: true)])
    }

    @Test(
        "a replacement that a gateway answers for is the only one in 24 h",
        arguments: [ExchangeFailure.badGateway, .timedOut])
    func gateway(failure: ExchangeFailure) {
        var lifecycle = TokenLifecycle.sample()
        _ = lifecycle.handle(.start, at: .at(0), random: 0.5)
        var registrations: [Double] = []
        var now = 0.0
        // Two days of an exchange each 15 s.
        for _ in 0..<25_000 where now < 172_000 {
            guard let exchange = lifecycle.exchange else {
                now += max(0, (lifecycle.nextDeadline?.remaining(at: .at(now)) ?? .zero) / .seconds(1)) + 0.001
                _ = lifecycle.handle(.deadline, at: .at(now), random: 0.5)
                continue
            }
            if exchange.kind != .token { registrations.append(now) }
            now += 0.2
            let reply = exchange.kind == .token ? ExchangeFailure.oauth(.invalidClient) : failure
            _ = lifecycle.handle(.failed(exchange: exchange.id, reply), at: .at(now), random: 0.5)
        }
        #expect(now >= 172_000)
        #expect(registrations.count == 2)
        #expect(registrations.first.map { $0 < 120 } == true)
    }

    @Test("a server that errs for ten minutes signs nobody out", arguments: UInt64(0)..<50)
    func tenMinutes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var simulation = Simulation(.sample(), outage: 10_800..<11_400, failure: .oauth(.invalidClient))
        simulation.run(until: 21_600, random: &random)
        #expect(simulation.registrations == 0)
        #expect(simulation.reports.count == 3, "first token, rejection, recovery")
    }

    @Test("credentials rejected for good are replaced once a day", arguments: UInt64(0)..<20)
    func forGood(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var simulation = Simulation(.sample(), outage: 10_800..<1e9, failure: .oauth(.invalidClient))
        simulation.run(until: 21_600 * 0.95, random: &random)
        #expect(simulation.registrations == 0)
        simulation.run(until: 21_600 + 86_400 * 0.9, random: &random)
        #expect(simulation.registrations == 1)
        simulation.run(until: 86_400 * 3, random: &random)
        #expect(simulation.registrations == 3)
    }
}
