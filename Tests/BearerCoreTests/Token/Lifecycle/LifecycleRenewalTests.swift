import BearerCore
import Testing

@Suite struct LifecycleRenewalTests {
    /// A token of 1,000 s, asked for at the origin: renewal at 500 s, end of service at 999 s.
    static let served = [
        Step(0, .start, [.sendToken(1)]),
        Step(
            0.5, .granted(exchange: 1, .lasting(1_000), sentAt: .at(0)),
            [.obtained(1, lifetime: 1_000, renewal: 500), .tokenChanged]),
    ]

    private static func expired(_ next: ClockReading?) -> [LifecycleAction] {
        [.tokenEnded, .report(.tokenExpired(next: next))]
    }

    static let scenarios = [
        Scenario(
            "a renewal is sent when due, not before",
            served + [
                Step(499.5, .deadline, []), Step(500, .deadline, [.sendToken(2)]),
                Step(
                    501, .granted(exchange: 2, .lasting(1_000), sentAt: .at(500.5)),
                    [.obtained(2, lifetime: 1_000, renewal: 1_000.5), .tokenChanged]),
            ]),
        Scenario(
            "a wall clock set forward brings the renewal nearer",
            served + [
                Step(.at(boot: 10, wall: 499), .deadline, []),
                Step(.at(boot: 11, wall: 500), .deadline, [.sendToken(2)]),
            ]),
        Scenario(
            "a wall clock set back does not put the renewal off",
            served + [Step(.at(boot: 500, wall: -1e8), .deadline, [.sendToken(2)])]),
        Scenario(
            "a wall clock set past the end ends the service, for good",
            served + [
                Step(.at(boot: 10, wall: 5_000), .deadline, expired(.at(boot: 10, wall: 5_000)) + [.sendToken(2)]),
                Step(.at(boot: 11, wall: 11), .deadline, []),
            ]),
        Scenario(
            "after a week of suspend the token is gone and its successor asked for at once",
            served + [Step(604_800, .deadline, expired(.at(604_800)) + [.sendToken(2)])]),
        Scenario(
            "a token that ends while its renewal hangs is taken out of service",
            served + [
                Step(500, .deadline, [.sendToken(2)]), Step(998.5, .deadline, []), Step(999, .deadline, expired(nil)),
                Step(1_000, .deadline, []),
                Step(
                    1_001, .granted(exchange: 2, .lasting(1_000), sentAt: .at(900)),
                    [.obtained(2, lifetime: 1_000, renewal: 1_400), .tokenChanged]),
            ]),
    ]

    @Test("a renewal is exactly this", arguments: scenarios)
    func renewal(scenario: Scenario) {
        scenario.play()
    }

    @Test("a token that ended does not come back with the clock")
    func noReturn() {
        let lifecycle = Scenario("", Self.scenarios[3].steps).play()
        #expect(lifecycle.token == nil)
        #expect(lifecycle.lastLifetime == .seconds(1_000))
        #expect(lifecycle.generation == 1)
    }

    @Test("the random number spreads the renewal")
    func jitter() {
        var lifecycle = TokenLifecycle(renewal: RenewalPolicy(), origin: .registration(.never), hasCredentials: true)
        _ = lifecycle.handle(.start, at: .origin, random: 0)
        _ = lifecycle.handle(.granted(exchange: 1, .lasting(1_000), sentAt: .origin), at: .at(1), random: 0.5)
        let due = lifecycle.nextAttempt.map { $0.remaining(at: .origin) / .seconds(1) } ?? 0
        #expect(abs(due - 825) < 1e-6)
    }

    @Test("the next deadline is the renewal, then the end of service")
    func deadlines() {
        var lifecycle = Scenario("", Self.served).play()
        #expect(lifecycle.nextDeadline == .at(500))
        _ = lifecycle.handle(.deadline, at: .at(500), random: 0)
        #expect(lifecycle.nextDeadline == .at(999))
        #expect(lifecycle.nextAttempt == nil)
        _ = lifecycle.handle(.deadline, at: .at(999), random: 0)
        #expect(lifecycle.nextDeadline == nil)
    }

    @Test("after a step of the wall clock the next deadline is still the first of both")
    func deadlineAfterStep() {
        var lifecycle = Scenario("", Self.served).play()
        _ = lifecycle.handle(.deadline, at: .at(500), random: 0)
        let stepped = ClockReading.at(boot: 501, wall: 901)
        _ = lifecycle.handle(.failed(exchange: 2, .throttled(retryAfter: 300)), at: stepped, random: 0)
        // By the wall clock the token's service ends at boot 599, well before the retry at boot 801.
        #expect(lifecycle.nextDeadline?.isReached(at: .at(boot: 598.5, wall: 998.5)) == false)
        #expect(lifecycle.nextDeadline?.isReached(at: .at(boot: 599, wall: 999)) == true)
    }

    @Test("a token that has ended before it arrives is a failure, and the current one is kept")
    func lateArrival() {
        for (lifetime, sent, now) in [(1.0, 500.0, 500.25), (10, 500, 509), (1, 500, 500)] {
            var lifecycle = Scenario("", Self.served + [Step(500, .deadline, [.sendToken(2)])]).play()
            let before = lifecycle.token
            let late = LifecycleEvent.granted(exchange: 2, .lasting(lifetime), sentAt: .at(sent))
            let actions = lifecycle.handle(late, at: .at(now), random: 0)
            #expect(lifecycle.token == before && before != nil)
            #expect(lifecycle.generation == 1)
            #expect(actions.last == .exchangeFailed && actions.count == 2)
            #expect(lifecycle.failureStreak?.last.reason == .unexpectedReply)
            #expect(lifecycle.nextAttempt == .at(now + 1))
        }
    }

    @Test("an answer to any but the current exchange changes nothing", arguments: [true, false])
    func stale(hasCredentials: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: hasCredentials)
        _ = lifecycle.handle(.start, at: .at(0), random: 0)
        _ = lifecycle.handle(.failed(exchange: 1, .unreachable), at: .at(0), random: 0)
        _ = lifecycle.handle(.deadline, at: .at(1), random: 0)
        #expect(lifecycle.exchange?.id == 2)
        let before = lifecycle
        for id in [0, 1, 3, .max] as [UInt64] {
            let stale: [LifecycleEvent] = [
                .granted(exchange: id, .lasting(9), sentAt: .at(1)), .failed(exchange: id, .unreachable),
                .registered(exchange: id),
            ]
            for event in stale {
                #expect(lifecycle.handle(event, at: .at(2), random: 0.5) == [])
                #expect(lifecycle == before)
            }
        }
    }

    @Test("an answer of the wrong kind changes nothing", arguments: [true, false])
    func wrongKind(hasCredentials: Bool) {
        var lifecycle = TokenLifecycle.sample(hasCredentials: hasCredentials)
        _ = lifecycle.handle(.start, at: .origin, random: 0)
        let before = lifecycle
        let wrong: LifecycleEvent =
            hasCredentials ? .registered(exchange: 1) : .granted(exchange: 1, .lasting(9), sentAt: .origin)
        #expect(lifecycle.handle(wrong, at: .at(1), random: 0.5) == [])
        #expect(lifecycle == before)
    }
}
