import Testing

@Suite("Herd", .serialized) struct HerdTests {
    private static let serving = Herd(isServing: true, seed: 1)
    private static let cold = Herd(isServing: false, seed: 1)

    @Test("when the server is back, hosts with tokens come as they would have come, a few a second")
    func servingPeak() {
        // A host in five had its renewal due in the hour, and tries each 150 s: 1.4 a second. Beside them, renewals.
        let herd = Self.serving
        #expect(herd.peak(in: 0..<Herd.outage) <= 10)
        #expect(herd.peak(in: Herd.outage..<Herd.outage + Herd.after) <= 10)
    }

    @Test("hosts without a token come no faster than they did while the server was lost")
    func coldPeak() {
        // Each tries every 15.5 s, uniformly between 1 s and the cap of 30 s: 64.5 a second, and 40 more are five standard
        // deviations.
        let bound = Int(Double(Herd.hosts) / 15.5 + 40)
        let herd = Self.cold
        // After five minutes, when every host has reached its cap.
        #expect(herd.peak(in: 300..<Herd.outage) <= bound)
        #expect(herd.peak(in: Herd.outage..<Herd.outage + Herd.after) <= bound)
        let minute = herd.calls.count { (Herd.outage..<Herd.outage + 60).contains($0) }
        #expect(minute == Herd.hosts, "everybody has a token within the minute, by one call each")
    }

    @Test("hosts that were served together do not come back together")
    func renewals() {
        // Renewals spread over 5 % of six hours, 1080 s: one a second.
        let range = Herd.outage + 60..<Herd.outage + Herd.after
        #expect(Self.cold.peak(in: range) <= 10)
        #expect(Self.cold.calls.count(where: range.contains) == Herd.hosts)
    }

    @Test("the plot in the documentation is this simulation")
    func plot() throws {
        let svg = HerdPlot.svg(serving: Self.serving, cold: Self.cold)
        try Documentation.expectPlot("herd", svg)
    }
}
