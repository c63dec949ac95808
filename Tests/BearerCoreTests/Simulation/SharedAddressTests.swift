import TestSupport
import Testing

/// Adobe allows an address one call per second, for all hosts behind it.
@Suite struct SharedAddressTests {
    struct Fleet: CustomTestStringConvertible {
        let hosts: Int
        let hasCredentials: Bool

        var testDescription: String { "\(hosts) hosts \(hasCredentials ? "with" : "without") client credentials" }
    }

    static let fleets = [
        Fleet(hosts: 10, hasCredentials: true), Fleet(hosts: 100, hasCredentials: true),
        Fleet(hosts: 1_000, hasCredentials: true), Fleet(hosts: 1_000, hasCredentials: false),
    ]

    @Test("hosts behind one address get their tokens one after the other, as the documentation says", arguments: fleets)
    func fleet(_ fleet: Fleet) throws {
        let runs = (UInt64(1)...3).map { seed in
            var address = SharedAddress(hosts: fleet.hosts, hasCredentials: fleet.hasCredentials, spread: 0, seed: seed)
            address.run(atMost: 20_000)
            return address
        }
        #expect(runs.allSatisfy { $0.hosts.allSatisfy { $0.served != nil } })
        let last = runs.flatMap { $0.hosts.compactMap(\.served) }.max() ?? .infinity
        let turnedAway = runs.flatMap { $0.hosts.map(\.turnedAway) }.max() ?? .max
        let line = MarkdownTable.line([
            "\(fleet.hosts)", fleet.hasCredentials ? "1" : "2", "\(Int((last / 60).rounded(.up))) min", "\(turnedAway)",
        ])
        let documented = try Self.documented()
        #expect(documented.contains(line), "the row is: \(line)")
        #expect(documented.count == Self.fleets.count)
    }

    private static func documented() throws -> [String] {
        let root = "\(#filePath)".split(separator: "/Tests/BearerCoreTests/")[0]
        let path = "\(root)/Sources/BearerService/BearerService.docc/Herd.md"
        return try MarkdownTable(column: "Last token within", path: path).rows.map(MarkdownTable.line)
    }

    /// Hosts, and the seconds within which they come up.
    static let loads: [(hosts: Int, spread: Double)] = [(1_000, 0), (1_000, 60), (300, 0)]

    @Test("after five minutes the hosts together make at most five calls per second", arguments: loads)
    func load(hosts: Int, spread: Double) {
        var address = SharedAddress(hosts: hosts, hasCredentials: true, spread: spread, seed: 4)
        address.run(atMost: 20_000)
        for minute in 5..<40 {
            let calls = address.calls.count { Int($0 / 60) == minute }
            #expect(calls <= 60 * 5, "minute \(minute)")
        }
        #expect(address.hosts.allSatisfy { $0.served.map { $0 < 2_400 } ?? false })
    }

    @Test("a token among hosts that have theirs takes one call")
    func alone() {
        var address = SharedAddress(hosts: 1, hasCredentials: false, spread: 0, seed: 1)
        address.run(atMost: 20_000)
        #expect(address.calls.count == 2 && address.hosts[0].turnedAway == 0)
        #expect(address.hosts[0].served.map { $0 < 2 } == true)
    }
}
