import TestSupport
import Testing

/// Adobe allows an address one call per second, for all hosts behind it.
@Suite struct SharedAddressTests {
    typealias Fleet = SharedAddress.Fleet

    static let fleets = [
        Fleet(hosts: 10), Fleet(hosts: 30), Fleet(hosts: 100), Fleet(hosts: 300), Fleet(hosts: 1_000),
        Fleet(hosts: 1_000, hasCredentials: false), Fleet(hosts: 3_000),
        Fleet(hosts: 10, profiles: 10), Fleet(hosts: 100, profiles: 10),
    ]

    @Test("hosts behind one address get their tokens one after the other, as the documentation says", arguments: fleets)
    func documented(_ fleet: Fleet) throws {
        let runs = Self.runs(of: fleet, seeds: 1...3)
        let turnedAway = runs.flatMap(\.turnedAway)
        let mean = Double(turnedAway.reduce(0, +)) / Double(3 * fleet.tokens)
        let cells = [
            "\(fleet.hosts)", "\(fleet.profiles)", fleet.hasCredentials ? "1" : "2",
            Self.time(fleet.calls), Self.time(Int((runs.compactMap(\.tokens.last).max() ?? .infinity).rounded(.up))),
            Self.tenths(mean), "\(turnedAway.max() ?? .max)",
        ]
        let table = try MarkdownTable(column: "Last token within", path: Documentation.path("Herd.md"))
        let isDocumented = table.rows.contains(cells)
        #expect(isDocumented, "the row is: \(MarkdownTable.line(cells))")
        #expect(table.rows.count == Self.fleets.count)
    }

    typealias Informed = (hosts: Int, pause: InformedHosts.Pause, text: String)

    static let informed: [Informed] = [
        (100, .fixed(11), "pause of 11 s"), (100, .fixed(90), "pause of 90 s"),
        (100, .sharing(callsPerSecond: 2), "2 calls per second"),
        (100, .sharing(callsPerSecond: 3), "3 calls per second"),
        (1_000, .fixed(72), "pause of 72 s"), (1_000, .fixed(256), "pause of 256 s"),
        (1_000, .sharing(callsPerSecond: 2), "2 calls per second"),
        (1_000, .sharing(callsPerSecond: 3), "3 calls per second"),
    ]

    @Test("hosts that know more than ours do little better, as the documentation says", arguments: informed)
    func bound(_ informed: Informed) throws {
        let runs = (1...5).map {
            InformedHosts(
                hosts: informed.hosts, pause: informed.pause, throttle: AddressThrottle(burst: 10), seed: $0)
        }
        let seconds = runs.map(\.last).reduce(0, +) / Double(runs.count)
        let turnedAway = Double(runs.map(\.turnedAway).reduce(0, +)) / Double(runs.count * informed.hosts)
        let cells = [
            "\(informed.hosts)", informed.text, "\(Int((seconds / 10).rounded()) * 10) s", Self.tenths(turnedAway),
        ]
        let table = try MarkdownTable(column: "All have a token after", path: Documentation.path("Herd.md"))
        let isDocumented = table.rows.contains(cells)
        #expect(isDocumented, "the row is: \(MarkdownTable.line(cells))")
        #expect(table.rows.count == Self.informed.count)
    }

    /// Fleets of a thousand calls and more, and how many 429s they take for a token at most, on average.
    static let goals: [(fleet: Fleet, mean: Double)] = [
        (Fleet(hosts: 1_000), 8.5), (Fleet(hosts: 1_000, spread: 60), 8), (Fleet(hosts: 1_000, burst: 1), 8.5),
        (Fleet(hosts: 100, profiles: 10), 1.2),
    ]

    @Test("a thousand tokens take hardly longer than half as long again as the server needs for them", arguments: goals)
    func goal(fleet: Fleet, mean: Double) {
        let runs = Self.runs(of: fleet, seeds: 11...13)
        let last = runs.compactMap(\.tokens.last)
        #expect(last.reduce(0, +) / Double(last.count) <= 1.5 * Double(fleet.calls))
        #expect(last.allSatisfy { $0 <= 1.6 * Double(fleet.calls) })
        let turnedAway = runs.flatMap(\.turnedAway).reduce(0, +)
        #expect(Double(turnedAway) / Double(runs.count * fleet.tokens) <= mean)
    }

    @Test("a host waits for no more than three 429s on average, up to a hundred of them", arguments: [10, 30, 100])
    func few(hosts: Int) {
        let turnedAway = Self.runs(of: Fleet(hosts: hosts), seeds: 1...20).flatMap(\.turnedAway)
        #expect(Double(turnedAway.reduce(0, +)) / Double(turnedAway.count) <= 3)
        #expect(turnedAway.allSatisfy { $0 <= 7 })
    }

    /// Hosts, and the seconds within which they come up.
    static let loads: [(hosts: Int, spread: Double)] = [(1_000, 0), (1_000, 60), (300, 0)]

    @Test("after five minutes a thousand hosts together make at most nine calls per second", arguments: loads)
    func load(hosts: Int, spread: Double) {
        let address = Self.runs(of: Fleet(hosts: hosts, spread: spread), seeds: 4...4)[0]
        for minute in 5..<30 {
            let calls = address.calls.count { Int($0 / 60) == minute }
            #expect(calls <= 60 * 9, "minute \(minute)")
        }
    }

    @Test("a token among hosts that have theirs takes one call")
    func alone() {
        let address = Self.runs(of: Fleet(hosts: 1, hasCredentials: false), seeds: 1...1)[0]
        #expect(address.calls.count == 2 && address.turnedAway == [0])
        #expect(address.tokens.last.map { $0 < 2 } == true)
    }

    @Test("the plot in the documentation is this simulation")
    func plot() throws {
        let fleets = [Fleet(hosts: 100), Fleet(hosts: 1_000), Fleet(hosts: 100, profiles: 10)].map {
            ($0, Self.runs(of: $0, seeds: 1...1)[0])
        }
        try Documentation.expectPlot("shared-address", SharedAddressPlot.svg(fleets))
    }

    private static func runs(of fleet: Fleet, seeds: ClosedRange<UInt64>) -> [SharedAddress] {
        seeds.map { seed in
            var address = SharedAddress(fleet, seed: seed)
            address.run(atMost: 20_000)
            #expect(address.tokens.count == fleet.tokens)
            return address
        }
    }

    /// Rounded up, in minutes from three minutes on.
    private static func time(_ seconds: Int) -> String {
        seconds <= 180 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension SharedAddress.Fleet: CustomTestStringConvertible {
    var testDescription: String {
        "\(hosts) hosts, \(profiles) profiles each, \(hasCredentials ? "with" : "without") client credentials, "
            + "up within \(Int(spread)) s, burst \(Int(burst))"
    }
}
