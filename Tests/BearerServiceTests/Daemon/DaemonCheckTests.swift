import TestSupport
import Testing

@testable import BearerService

@Suite("DaemonCheck") struct DaemonCheckTests {
    @Test("the memory limit that check compares with is the unit's")
    func memoryMax() throws {
        let root = "\(#filePath)".split(separator: "/Tests/BearerServiceTests/")[0]
        let unit = try Files.text("\(root)/systemd/bearerd.service")
        #expect(unit.contains("\nMemoryMax=\(CheckWarnings.installedMemoryMax)M\n"))
        #expect(ConnectionLimits.memory(for: 4096) < CheckWarnings.installedMemoryMax)
        #expect(ConnectionLimits.memory(for: 65_536) > CheckWarnings.installedMemoryMax)
    }

    @Test(
        "a clock that is a day behind what this host has seen is a warning",
        arguments: [
            (86_400, [], nil), (86_401, [], "this program was built"), (0, [0, 86_400], nil),
            (0, [0, 86_401], "this host registered"), (90_000, [100_000], "this host registered"),
        ] as [(Int64, [Int64], String?)])
    func clock(builtAt: Int64, registeredAt: [Int64], reason: String?) {
        let warnings = CheckWarnings.clock(0, builtAt: builtAt, registeredAt: registeredAt)
        #expect(warnings.count == (reason == nil ? 0 : 1))
        if let reason { #expect(warnings.first?.contains("but \(reason) at ") == true) }
    }
}
