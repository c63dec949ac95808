import TestSupport
import Testing

@testable import BearerService

@Suite("DaemonCheck") struct DaemonCheckTests {
    @Test("the memory limit that check compares with is the unit's")
    func memoryMax() throws {
        let root = "\(#filePath)".split(separator: "/Tests/BearerServiceTests/")[0]
        let unit = try Files.text("\(root)/systemd/bearerd.service")
        #expect(unit.contains("\nMemoryMax=\(DaemonCheck.installedMemoryMax)M\n"))
        #expect(ConnectionLimits.memory(for: 4096) < DaemonCheck.installedMemoryMax)
        #expect(ConnectionLimits.memory(for: 65_536) > DaemonCheck.installedMemoryMax)
    }
}
