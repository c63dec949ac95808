import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The table of mistakes of Operating.md, row by row: a mistake is made, then `bearerctl check` and a start say the same.
    @Suite("Table of mistakes")
    struct CheckTableTests {
        private static let columns = ["Mistake", "Check", "Start", "What both say"]

        private func documented() throws -> MarkdownTable {
            let root = "\(#filePath)".split(separator: "/Tests/EndToEndTests/")[0]
            return try MarkdownTable(
                column: "Mistake", path: "\(root)/Sources/BearerService/BearerService.docc/Operating.md")
        }

        @Test("the documentation has exactly these mistakes")
        func names() throws {
            let table = try documented()
            #expect(table.columns == Self.columns)
            #expect(table.rows.map { $0[0] } == Mistake.all.map(\.name))
        }

        @Test("check and a start find each mistake, and say what the documentation says", arguments: Mistake.all)
        func row(mistake: Mistake) async throws {
            let row = try #require(try documented().rows.first { $0[0] == mistake.name })
            let says = row[3].split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            #expect(!says.isEmpty)
            try await Host.run { host in
                try mistake.make(host)
                let options = mistake.options(host)
                let environment = mistake.environment(host)
                let check = try await host.check(options, environment: environment, user: mistake.user)
                for words in says { #expect(check.errors.contains(words), "check says: \(check.errors)") }
                #expect(row[1] == (check.status == 0 ? "a warning" : "\(check.status)"))
                let status: String
                if row[2] == "a warning" {
                    let daemon = try await host.start(options, environment: environment)
                    for words in says { try await daemon.line(containing: words) }
                    status = "a warning"
                } else {
                    let start = try await FinishedProgram.run(
                        Programs.path("bearerd"), host.options + options, environment: environment, user: mistake.user)
                    for words in says { #expect(start.errors.contains(words), "the start says: \(start.errors)") }
                    status = "\(start.status)"
                    #expect(host.simulator.calls == [])
                }
                #expect(status == row[2])
                for text in [check.errors, check.output] { #expect(!Canary.words.contains { text.contains($0) }) }
            }
        }

        @Test("check tells all mistakes at once, and so does a start")
        func several() async throws {
            try await Host.run { host in
                try host.configure(profile: "allow: {users: [no-such-user-here]}")
                unlink(host.statementFile)
                let options = ["--socket-group", "no-such-group", "--socket", host.directory + "/none/b.sock"]
                let check = try await host.check(options)
                let (status, lines) = try await host.runToEnd(options)
                #expect(check.status == EX_CONFIG && status == EX_CONFIG)
                for words in ["no-such-user-here", host.statementFile, "no-such-group", "/none: no such directory"] {
                    #expect(check.errors.contains(words), "check says: \(check.errors)")
                    #expect(lines.contains { $0.contains(words) }, "the start says: \(lines)")
                }
            }
        }
    }
}

extension Mistake: CustomTestStringConvertible {
    var testDescription: String { name }
}
