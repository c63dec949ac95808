import TestSupport
import Testing

/// The promises about registrations over true time, whatever becomes of clocks, boots and the daemon.
@Suite struct SimulatedHostTests {
    private static let hour = 3_600.0
    private static let day = 86_400.0
    private static let year = 365 * day

    /// Checks that registrations kept their distance, and returns whether the clocks allowed no exception.
    private func check(_ host: SimulatedHost, _ seed: UInt64, pause: (Int) -> Double) {
        for (index, (first, second)) in zip(host.registrations, host.registrations.dropFirst()).enumerated() {
            let gap = second.time - first.time
            #expect(gap >= pause(index + 1) - second.lead, "registration \(index + 2) of seed \(seed)")
        }
    }

    private func pauseAfter(_ unanswered: Int) -> Double {
        unanswered < 3 ? 0 : min(60 * Double(1 << min(unanswered - 3, 6)), Self.hour)
    }

    @Test(
        "rejected credentials are replaced once a day, although the clock starts years late at each boot",
        arguments: UInt64(0)..<60)
    func noRealTimeClock(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // 1970, or the day the system was built, or the time at which it was switched off.
        let lateness = [60 * Self.year, Self.year, Self.hour][Int(seed % 3)]
        var host = SimulatedHost(.rejecting, error: -lateness, seed: seed)
        for _ in 0..<30 {
            host.run(for: random.unit() * Self.hour * 2)
            host.setClock(error: 0)
            for _ in 0..<2 {
                host.run(for: random.unit() * Self.hour * 5)
                if random.chance(2) { host.restart(after: random.unit() * 60) }
            }
            if random.chance(2) { host.reboot(after: random.unit() * Self.hour, error: -lateness) }
        }
        #expect(host.registrations.allSatisfy { $0.lead == 0 }, "the clock is never ahead")
        // A clock that goes on from where it stopped counts at least the time that the host was on, over all boots.
        if lateness == Self.hour { #expect(host.registrations.count > 1) }
        check(host, seed) { _ in Self.day }
    }

    @Test(
        "a clock that is set anywhere, at any time, breaks the rules by no more than it was ahead at a reboot",
        arguments: UInt64(0)..<100)
    func anyClock(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for server in [SimulatedHost.Server.rejecting, .silent] {
            var host = SimulatedHost(server, error: 0, seed: seed)
            for _ in 0..<60 {
                let errors: [Double] = [0, 3, 600, Self.day, Self.day * 20, Self.year * 10]
                let error = errors.randomElement(using: &random) ?? 0
                let signed = random.chance(2) ? error : -error
                switch Int.random(in: 0..<4, using: &random) {
                case 0: host.setClock(error: signed)
                case 1: host.restart(after: random.unit() * 60, error: random.chance(2) ? signed : nil)
                case 2 where random.chance(3): host.reboot(after: random.unit() * Self.hour, error: signed)
                default: break
                }
                host.run(for: random.unit() * Self.hour * (server == .silent ? 0.5 : 6))
            }
            check(host, seed) { server == .silent ? pauseAfter($0) : Self.day }
        }
    }

    @Test("within a boot no step of the wall clock counts", arguments: UInt64(0)..<50)
    func oneBoot(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var host = SimulatedHost(.rejecting, error: 0, seed: seed)
        for _ in 0..<100 {
            host.run(for: random.unit() * Self.hour * 2)
            let error = (random.unit() - 0.5) * [Self.hour, Self.day * 3, Self.year * 20][Int(seed % 3)]
            if random.chance(4) {
                host.restart(after: random.unit() * 60, error: error)
            } else {
                host.setClock(error: error)
            }
        }
        #expect(host.registrations.allSatisfy { $0.lead == 0 })
        #expect(host.registrations.count > 1)
        check(host, seed) { _ in Self.day }
    }

    @Test(
        "whatever happened to the clocks, a day of uptime later credentials are replaced again",
        arguments: UInt64(0)..<60)
    func liveness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var host = SimulatedHost(.rejecting, error: 0, seed: seed)
        for _ in 0..<10 {
            let error = (random.unit() - 0.5) * [Self.hour, Self.day * 3, Self.year * 20][Int(seed % 3)]
            host.run(for: random.unit() * Self.hour * 8)
            if random.chance(2) { host.reboot(after: Self.hour, error: error) } else { host.setClock(error: error) }
        }
        host.reboot(after: 60, error: (random.unit() - 0.5) * Self.year * 20)
        let before = host.registrations.count
        // Three answers over twenty minutes each, besides.
        host.run(for: Self.day + Self.hour * 2)
        #expect(host.registrations.count > before)
    }

    @Test("a silent server is asked again within an hour of uptime", arguments: UInt64(0)..<60)
    func silentLiveness(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var host = SimulatedHost(.silent, error: 0, seed: seed)
        host.run(for: Self.hour * 12)
        host.reboot(after: 60, error: (random.unit() - 0.5) * Self.year * 20)
        let before = host.registrations.count
        host.run(for: Self.hour + 60)
        #expect(host.registrations.count > before)
    }
}
