import BearerCore
import TestSupport
import Testing

@Suite struct DayTests {
    private static let day = 86_400.0
    private static let hour = 3_600.0

    private func lifecycle(hasCredentials: Bool = true) -> TokenLifecycle {
        TokenLifecycle(renewal: RenewalPolicy(), origin: .registration(.automatic), hasCredentials: hasCredentials)
    }

    @Test(
        "a day of tokens of six hours takes five or six requests and as many journal entries", arguments: UInt64(0)..<20
    )
    func normalDay(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var simulation = Simulation(lifecycle())
        simulation.run(until: Self.day, random: &random)
        // One at the start, then one each 0.80 to 0.85 of 21,600 s: at most 86,400 / 17,280 more.
        #expect((5...6).contains(simulation.tokenRequests.count))
        #expect(simulation.reports.count == simulation.tokenRequests.count)
        #expect(simulation.registrations == 0)
        #expect(simulation.secondsWithoutToken < 0.5)
    }

    @Test("a first day costs one registration more")
    func firstDay() {
        var random = SeededGenerator(seed: 5)
        var simulation = Simulation(lifecycle(hasCredentials: false))
        simulation.run(until: Self.day, random: &random)
        #expect(simulation.registrations == 1)
        #expect(simulation.reports.count == simulation.tokenRequests.count + 1)
    }

    static let failures: [ExchangeFailure] = [
        .unreachable, .timedOut, .unavailable, .throttled(retryAfter: nil), .throttled(retryAfter: 5),
        .oauth(.invalidClient), .oauth(.invalidRequest), .oauth(.unauthorizedClient),
    ]

    @Test(
        "a day with an hour of outage has a dozen journal entries, and no client misses a token",
        arguments: failures)
    func outageWhileServing(failure: ExchangeFailure) {
        for seed in UInt64(0)..<20 {
            var random = SeededGenerator(seed: seed)
            // Over before 5 % of the token is left, whenever its renewal is due.
            let start = 16_500 + Double(seed) * 20
            var simulation = Simulation(lifecycle(), outage: start..<start + Self.hour, failure: failure)
            simulation.run(until: Self.day, random: &random)
            #expect(simulation.reports.count <= 12)
            #expect(simulation.secondsWithoutToken < 0.5)
            #expect(simulation.registrations == 0)
        }
    }

    @Test(
        "an outage of a day is reported at its start, at the token's end, and at its end", arguments: failures.prefix(5)
    )
    func longOutage(failure: ExchangeFailure) {
        var random = SeededGenerator(seed: 6)
        var simulation = Simulation(lifecycle(), outage: 10..<Self.day, failure: failure)
        simulation.run(until: Self.day, random: &random)
        #expect(simulation.reports.count == 3, "first token, outage, token expired")
        simulation.run(until: Self.day + 60, random: &random)
        #expect(simulation.reports.count == 4)
        #expect(simulation.lifecycle.state(at: .at(Self.day + 60)) == .ready)
    }

    @Test("a day without an answer to a registration sends few and says little")
    func unansweredRegistrations() {
        var random = SeededGenerator(seed: 7)
        var simulation = Simulation(lifecycle(hasCredentials: false), outage: 0..<1e9, failure: .timedOut)
        simulation.run(until: Self.day, random: &random)
        // Three at once, six while the pauses grow to an hour (63 min), then one an hour.
        #expect(simulation.registrations <= 3 + 6 + 23)
        #expect(simulation.reports.count == 2, "the first failure, the hold")
    }

    /// Each delay is uniform between 1 s and its cap, so an hour sees about 3600 / (mean delay) requests:
    /// with a token, caps 2, 4 … 256 take 259 s on average and eight requests, the rest comes every 150.5 s: 31;
    /// without, caps 2 to 16 take 17 s and four requests, the rest comes every 15.5 s: 235.
    /// The largest of 200 hours stays within five standard deviations, 2.8 and 8.2 requests.
    static let bounds: [(hasToken: Bool, mean: Double, most: Int)] = [(true, 31, 45), (false, 235, 276)]

    @Test("an hour of outage costs a bounded number of requests", arguments: bounds)
    func requestsPerHour(hasToken: Bool, mean: Double, most: Int) {
        var total = 0
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            let lifecycle = TokenLifecycle(
                renewal: RenewalPolicy(at: 0.5, jitter: 0), origin: .registration(.automatic), hasCredentials: true)
            let start = hasToken ? 10_800.0 : 0
            var simulation = Simulation(lifecycle, outage: start..<1e9)
            if !hasToken { simulation = Simulation(lifecycle, outage: 0..<1e9) }
            simulation.run(until: start + Self.hour, random: &random)
            let requests = simulation.tokenRequests.filter { $0 >= start }.count
            #expect(requests <= most)
            total += requests
        }
        #expect(abs(Double(total) / 200 - mean) < mean * 0.06)
    }

    @Test("tokens of any length keep requests a second apart", arguments: [1.0, 2, 3, 5, 10, 60])
    func shortTokens(lifetime: Double) {
        var random = SeededGenerator(seed: 8)
        var simulation = Simulation(lifecycle(), lifetime: lifetime)
        simulation.run(until: Self.hour, random: &random)
        let requests = simulation.tokenRequests
        #expect(zip(requests, requests.dropFirst()).allSatisfy { $1 - $0 >= 1 })
        // A token that nobody can be given is a failure, and backed off from like any other.
        if lifetime == 1 { #expect(requests.count <= 276) }
    }
}
