import AuthServerSimulator
import BearerJSON
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The table of State.md, row by row: a daemon has registered and ended, something happens to its state directory, and it
    /// is started again.
    @Suite("Table of states")
    struct StateTableTests {
        struct Row: Sendable {
            let name: String
            /// What it is about, below the state directory.
            let file: @Sendable (Host) -> String
            let damage: @Sendable (String) throws -> Void

            static func credentials(_ name: String, _ damage: @escaping @Sendable (String) throws -> Void) -> Row {
                Row(name: name, file: { Row.path(in: $0, "client-") }, damage: damage)
            }

            static func history(_ name: String, _ damage: @escaping @Sendable (String) throws -> Void) -> Row {
                Row(name: name, file: { Row.path(in: $0, "registration-") }, damage: damage)
            }

            static func directory(_ name: String, _ damage: @escaping @Sendable (String) throws -> Void) -> Row {
                Row(name: name, file: { "\($0.stateDirectory)/default" }, damage: damage)
            }

            private static func path(in host: Host, _ prefix: String) -> String {
                let directory = "\(host.stateDirectory)/default"
                let name = Files.names(in: directory).first { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }
                return "\(directory)/\(name ?? prefix)"
            }
        }

        static let rows: [Row] = [
            .credentials("credentials as they were left") { _ in },
            .credentials("no credentials") { unlink($0) },
            .credentials("credentials: empty") { try Files.write("", to: $0) },
            .credentials("credentials: truncated") { try Files.write(String(Files.text($0).dropLast(20)), to: $0) },
            .credentials("credentials: zeros, as after a power cut") {
                try Files.write(String(repeating: "\0", count: 400), to: $0)
            },
            .credentials("credentials: of a newer version") { try replace(#""version":1"#, #""version":2"#, in: $0) },
            .credentials("credentials: of another profile") {
                try replace(#""profile":"default""#, #""profile":"other""#, in: $0)
            },
            .credentials("credentials: without the secret") { try replace("client_secret", "client_sercet", in: $0) },
            .credentials("credentials: a symbolic link") {
                rename($0, "\($0).elsewhere")
                symlink("\($0).elsewhere", $0)
            },
            .credentials("credentials: a directory") {
                unlink($0)
                mkdir($0, 0o700)
            },
            .credentials("credentials: readable by everybody") { chmod($0, 0o644) },
            .directory("profile's directory: open to everybody") { chmod($0, 0o755) },
            .directory("profile's directory: a symbolic link") {
                rename($0, "\($0).elsewhere")
                symlink("\($0).elsewhere", $0)
            },
            .history("history: empty") { try Files.write("", to: $0) },
            .history("history: of a newer version") { try replace(#""version":1"#, #""version":2"#, in: $0) },
            .history("history: empty, and no credentials") { path in
                try Files.write("", to: path)
                let directory = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
                for name in Files.names(in: directory) where name.hasPrefix("client-") {
                    unlink("\(directory)/\(name)")
                }
            },
        ]

        private static let columns = [
            "What is found", "Profile", "`BEARERD_EVENT`", "Client", "Registrations in all", "What becomes of it",
        ]

        private func documented() throws -> MarkdownTable {
            let root = "\(#filePath)".split(separator: "/Tests/EndToEndTests/")[0]
            return try MarkdownTable(
                column: "What is found", path: "\(root)/Sources/BearerService/BearerService.docc/State.md")
        }

        @Test("the documentation has exactly these rows")
        func names() throws {
            let table = try documented()
            #expect(table.columns == Self.columns)
            #expect(table.rows.map { $0[0] } == Self.rows.map(\.name))
        }

        @Test("what the documentation says is what happens", arguments: rows)
        func row(row: Row) async throws {
            let documented = try documented().rows.first { $0[0] == row.name }
            try await Host.run { host in
                let first = try await host.start()
                _ = try await first.token()
                try await first.stop()
                let path = row.file(host)
                try row.damage(path)
                let found = Snapshot(path)
                let second = try await host.start()
                let reply = try await second.ask(#"{"op":"token","wait":4}"#)
                let status = try await second.ask(#"{"op":"status"}"#)
                // A daemon that is stopped at once may not have come to say it.
                for event in (documented?[2] ?? "").split(separator: ", ") where event != "–" {
                    try await second.line(containing: "event=\(event.filter { $0 != "`" })")
                }
                try await second.stop()
                let ordinary = ["started", "ready", "token_obtained", "stopping", "startup_wait_over"]
                let events = second.lines.compactMap(Self.event).filter { !ordinary.contains($0) }
                let cells = [
                    row.name, status.profile?["state"]?.string ?? "–",
                    events.isEmpty ? "–" : events.map { "`\($0)`" }.joined(separator: ", "),
                    reply.token == nil ? "`\(reply.error ?? "")`" : "a token",
                    "\(host.simulator.calls(to: .register).count)", Snapshot(path).change(since: found, at: path),
                ]
                let line = MarkdownTable.line(cells)
                #expect(documented.map(MarkdownTable.line) == line, "the row is: \(line)")
                if Files.mode(path).map({ $0 & S_IFMT == S_IFLNK }) == true { unlink(path) }
            }
        }

        /// Of a line of the daemon's: `… event=profile_blocked …`.
        private static func event(_ line: String) -> String? {
            line.split(separator: " ").first { $0.hasPrefix("event=") }.map { String($0.dropFirst(6)) }
        }

        private static func replace(_ text: String, _ other: String, in path: String) throws {
            let parts = try Files.text(path).split(separator: text, omittingEmptySubsequences: false)
            try #require(parts.count == 2)
            try Files.write(parts.joined(separator: other), to: path)
        }
    }

    /// What lies at a path.
    private struct Snapshot {
        let mode: mode_t?
        let text: String?

        init(_ path: String) {
            mode = Files.mode(path)
            text = mode.map { $0 & S_IFMT == S_IFREG } == true ? try? Files.text(path) : nil
        }

        func change(since before: Snapshot, at path: String) -> String {
            guard let mode else { return "gone" }
            guard let was = before.mode else { return "written anew" }
            guard text == before.text else {
                let directory = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
                let isKept = Files.names(in: directory).contains { name in
                    name.contains(".damaged-") && (try? Files.text("\(directory)/\(name)")) == before.text
                }
                return isKept ? "archived, written anew" : "written over"
            }
            return mode == was ? "left as it is" : "mode \(String(mode & 0o7777, radix: 8))"
        }
    }
}

extension EndToEnd.StateTableTests.Row: CustomTestStringConvertible {
    var testDescription: String { name }
}
