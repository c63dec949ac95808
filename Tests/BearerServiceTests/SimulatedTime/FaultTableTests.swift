import AuthServerSimulator
import BearerCore
import BearerState
import TestSupport
import Testing

@testable import BearerService

extension SimulatedTime {
    /// The table of Faults.md, each row of it against a real server that is unwell, and then over simulated days.
    @Suite("Table of faults", .serialized, .timeLimit(.minutes(5)))
    struct FaultTableTests {
        private static let article =
            "\(#filePath)".prefixUp(to: "/Tests/") + "/Sources/BearerService/BearerService.docc/Faults.md"

        private func documented() throws -> MarkdownTable {
            try MarkdownTable(column: "Calls in a day without one", path: Self.article)
        }

        @Test("the documentation has exactly these rows")
        func rows() throws {
            let table = try documented()
            #expect(table.columns == FaultRow.columns)
            #expect(table.rows.map { $0.prefix(2).joined(separator: ", ") } == FaultCase.all.map(\.testDescription))
        }

        @Test("what the documentation says is what happens", arguments: FaultCase.all)
        func row(fault: FaultCase) async throws {
            let state = TemporaryDirectory()
            let directory = try StateDirectory.open(path: state.path, machineIDPath: "/nonexistent")
            let row = try await FaultRow(
                fault, files: ProfileFiles(directory, key: try ResolvedProfile.sample().storedKey))
            let line = MarkdownTable.line(row.cells)
            let documented = try documented().rows.first { $0.prefix(2).elementsEqual(row.cells.prefix(2)) }
            #expect(documented.map(MarkdownTable.line) == line, "the row is: \(line)")
            checkDetail(of: row)
            checkService(of: row)
            checkCalls(of: row)
            checkJournal(of: row)
        }

        /// One printable line without anything secret.
        private func checkDetail(of row: FaultRow) {
            guard let detail = row.failure?.detail else { return }
            #expect(!FaultCase.secrets.contains { detail.contains($0) }, "\(detail)")
            #expect(detail.utf8.allSatisfy { 0x20...0x7E ~= $0 } && detail.utf8.count <= 200, "\(detail)")
        }

        /// The current token is served until its true expiry, whatever fails meanwhile; all is well in the end.
        private func checkService(of row: FaultRow) {
            // The first answer took 0.2 s.
            #expect(row.days.secondsNotServed <= 0.201)
            #expect((row.days.cold + row.days.serving).allSatisfy { $0.hasToken })
        }

        /// From how the delays are drawn: uniformly between 1 s and the cap, which is 30 s without a token and 5 min with one.
        private func checkCalls(of row: FaultRow) {
            let mean = 15.5
            #expect(row.days.callsInADay.allSatisfy { Double($0) <= FaultDay.day / mean * 1.05 })
            // 15 % of six hours are left at the earliest renewal: 8 calls until the cap is reached, then one each 150.5 s.
            #expect(row.days.callsWhileServing.allSatisfy { $0 <= 45 })
            if row.failure?.isUnanswered == true, row.fault.endpoint == .register {
                // Three at once, six while the pauses grow to an hour, then one an hour.
                #expect(row.days.callsInADay.allSatisfy { $0 <= 32 })
            }
            if row.days.clientError == "registration_refused" {
                #expect(row.days.callsInADay.allSatisfy { $0 <= 97 }, "one each 15 minutes")
            }
        }

        /// One entry at the start of trouble, one when the token ends, one at the end; whatever the random delays.
        private func checkJournal(of row: FaultRow) {
            guard row.failure != nil, row.cells[3] != "`invalid_client`" || row.fault.endpoint == .register else {
                return
            }
            for day in row.days.cold {
                #expect(day.events.filter { $0 == .recovered }.count == 1 && day.events.last == .recovered)
                #expect(day.events.count { [.registrationFailed, .renewalFailed, .profileRefused].contains($0) } == 1)
                #expect(day.events.count <= 4, "with a registration and one that is held")
            }
            for day in row.days.serving {
                let told = day.events.filter { $0 != .tokenObtained }
                #expect(told.count == (row.fault.endpoint == .token ? 3 : 2), "trouble, no token, recovery: \(told)")
            }
        }
    }
}

extension String {
    /// What stands before `text`; all of it when that is nowhere.
    fileprivate func prefixUp(to text: String) -> String {
        let start = indices.first { self[$0...].hasPrefix(text) }
        return String(self[..<(start ?? endIndex)])
    }
}
