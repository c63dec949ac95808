import BearerCore
import Testing

@Suite struct LifecycleDemandTests {
    private func served() -> TokenLifecycle {
        Scenario("", LifecycleRenewalTests.served).play()
    }

    @Test("a demand while idle starts an exchange")
    func starts() {
        var lifecycle = served()
        #expect(lifecycle.demandRenewal(at: .at(100)) == (.joined, [.sendToken(2)]))
        #expect(lifecycle.state(at: .at(100)) == .renewing)
    }

    @Test("a demand during an exchange joins it and starts none")
    func joins() {
        var lifecycle = served()
        _ = lifecycle.handle(.deadline, at: .at(500), random: 0)
        let before = lifecycle
        for second in 0..<100 {
            #expect(lifecycle.demandRenewal(at: .at(500 + Double(second))) == (.joined, []))
        }
        #expect(lifecycle == before)
    }

    /// Seconds after the exchange that a demand caused, and how long the next one must wait.
    static let intervals: [(after: Double, wait: Double?)] = [
        (1, 29), (15, 15), (29, 1), (29.5, 0.5), (30, nil), (300, nil),
    ]

    @Test("clients cause one exchange in 30 s", arguments: intervals)
    func slowDown(after: Double, wait: Double?) {
        var lifecycle = served()
        _ = lifecycle.demandRenewal(at: .at(100))
        _ = lifecycle.handle(.granted(exchange: 2, .lasting(1_000), sentAt: .at(100)), at: .at(100.5), random: 0)
        let before = lifecycle
        let answer = lifecycle.demandRenewal(at: .at(100 + after))
        if let wait {
            #expect(answer == (.slowDown(retryAfter: .seconds(wait)), []))
            #expect(lifecycle == before)
        } else {
            #expect(answer == (.joined, [.sendToken(3)]))
        }
    }

    @Test("the wall clock has no say in how often clients may ask", arguments: [-1e8, 1e3, 400])
    func steps(wall: Double) {
        var lifecycle = served()
        _ = lifecycle.demandRenewal(at: .at(100))
        _ = lifecycle.handle(.granted(exchange: 2, .lasting(10_000), sentAt: .at(100)), at: .at(100.5), random: 0)
        #expect(lifecycle.demandRenewal(at: .at(boot: 110, wall: wall)) == (.slowDown(retryAfter: .seconds(20)), []))
    }

    @Test("while a demanded exchange is planned, further demands join it")
    func joinsPlanned() {
        var lifecycle = served()
        for moment in [0.5, 0.75, 0.9] { #expect(lifecycle.demandRenewal(at: .at(moment)) == (.joined, [])) }
        #expect(lifecycle.handle(.deadline, at: .at(1), random: 0) == [.sendToken(2)])
    }

    @Test("the first demand may follow a scheduled exchange at once, but a second later at the earliest")
    func minimumInterval() {
        var lifecycle = served()
        #expect(lifecycle.demandRenewal(at: .at(0.75)) == (.joined, []))
        #expect(lifecycle.handle(.deadline, at: .at(0.875), random: 0) == [])
        #expect(lifecycle.handle(.deadline, at: .at(1), random: 0) == [.sendToken(2)])
    }

    @Test("after a failure a demand joins the planned retry and never brings it forward", arguments: [true, false])
    func afterFailure(isCausedByDemand: Bool) {
        var lifecycle = served()
        let start = isCausedByDemand ? 100.0 : 500
        if isCausedByDemand {
            _ = lifecycle.demandRenewal(at: .at(start))
        } else {
            _ = lifecycle.handle(.deadline, at: .at(start), random: 0)
        }
        _ = lifecycle.handle(.failed(exchange: 2, .throttled(retryAfter: 60)), at: .at(start), random: 0)
        let before = lifecycle
        for second in 0..<60 {
            #expect(lifecycle.demandRenewal(at: .at(start + Double(second))) == (.joined, []))
        }
        #expect(lifecycle == before)
        #expect(lifecycle.handle(.deadline, at: .at(start + 60), random: 0) == [.sendToken(3)])
    }

    @Test("demands during a held registration neither send nor report")
    func held() {
        let history = RegistrationHistory(unanswered: 5, lastIntent: ClockReading.at(0).boot)
        var lifecycle = TokenLifecycle.sample(hasCredentials: false, history: history)
        #expect(lifecycle.handle(.start, at: .at(0), random: 0).count == 2, "the report and the history")
        for second in stride(from: 1.0, to: 240, by: 31) {
            #expect(lifecycle.demandRenewal(at: .at(second)) == (.joined, []))
            #expect(lifecycle.nextAttempt == .at(240))
        }
    }
}
