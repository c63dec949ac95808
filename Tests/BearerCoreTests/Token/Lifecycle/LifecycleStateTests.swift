import BearerCore
import Testing

@Suite struct LifecycleStateTests {
    private static func failed(_ failure: ExchangeFailure) -> [(Double, LifecycleEvent)] {
        [(500, .deadline), (501, .failed(exchange: 2, failure))]
    }

    private static let granted: [(Double, LifecycleEvent)] = [
        (0, .start), (0, .granted(exchange: 1, .lasting(1_000), sentAt: .at(0))),
    ]

    static let stories: [(events: [(Double, LifecycleEvent)], now: Double, state: ProfileState)] = [
        ([], 0, .starting), ([(0, .start)], 1, .starting),
        ([(0, .start), (1, .failed(exchange: 1, .unreachable))], 1, .degraded),
        ([(0, .start), (1, .failed(exchange: 1, .oauth(.invalidRequest)))], 1, .refused),
        (granted, 1, .ready), (granted, 998, .ready), (granted, 999, .degraded),
        (granted + [(500, .deadline)], 501, .renewing), (granted + [(500, .deadline)], 999, .degraded),
        (granted + failed(.unreachable), 501, .degraded),
        (granted + failed(.unreachable) + [(502, .deadline)], 502, .degraded),
        (granted + failed(.oauth(.invalidClient)), 501, .degraded),
        (granted + failed(.oauth(.unapprovedSoftwareStatement)), 501, .refused),
        (granted + failed(.oauth(.unauthorizedClient)) + [(1_401, .deadline)], 1_401, .refused),
        (
            granted + failed(.oauth(.unauthorizedClient))
                + [(1_401, .deadline), (1_402, .failed(exchange: 3, .oauth(.invalidClient)))], 1_402, .degraded
        ),
        (
            granted + failed(.unreachable)
                + [(502, .deadline), (502, .granted(exchange: 3, .lasting(1_000), sentAt: .at(502)))], 502, .ready
        ),
    ]

    @Test("the state is the word for what happened", arguments: stories)
    func state(events: [(Double, LifecycleEvent)], now: Double, state: ProfileState) {
        var lifecycle = TokenLifecycle.sample()
        for (time, event) in events { _ = lifecycle.handle(event, at: .at(time), random: 0) }
        #expect(lifecycle.state(at: .at(now)) == state)
    }

    @Test("a streak tells its first failure and its last")
    func streak() {
        var lifecycle = TokenLifecycle.sample()
        let events: [(Double, LifecycleEvent)] = [
            (0, .start), (1, .failed(exchange: 1, .unavailable)), (2, .deadline), (3, .failed(exchange: 2, .timedOut)),
        ]
        for (time, event) in events { _ = lifecycle.handle(event, at: .at(time), random: 0) }
        let streak = lifecycle.failureStreak
        #expect(streak?.failures == 2 && streak?.last == .timedOut)
        #expect(streak?.since == .at(1) && streak?.lastAt == .at(3))
    }

    @Test("exchanges are counted by what came of them")
    func counters() {
        var lifecycle = TokenLifecycle.sample(hasCredentials: false)
        let events: [(Double, LifecycleEvent)] = [
            (0, .start), (1, .registered(exchange: 1)), (2, .failed(exchange: 2, .unavailable)), (3, .deadline),
            (3, .granted(exchange: 3, .lasting(1_000), sentAt: .at(3))), (503, .deadline),
            (503, .failed(exchange: 4, .timedOut)),
        ]
        for (time, event) in events { _ = lifecycle.handle(event, at: .at(time), random: 0) }
        #expect(lifecycle.counters.registrations == 1)
        #expect(lifecycle.counters.renewals == 1)
        #expect(lifecycle.counters.failures == 2)
        #expect(lifecycle.lastSuccess == .at(3))
        #expect(lifecycle.failureStreak?.failures == 1)
        #expect(lifecycle.failureStreak?.since == .at(503))
    }
}
