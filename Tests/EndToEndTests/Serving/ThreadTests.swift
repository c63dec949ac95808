import AuthServerSimulator
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Threads")
    struct ThreadTests {
        @Test("at rest there are those that the documentation names for it, and never one that it does not name")
        func atRest() async throws {
            let documented = try MarkdownTable(column: "Thread", path: Self.documentation)
            let known = Set(documented.rows.map { $0[0].filter { $0 != "`" } })
            let resting = documented.rows.filter { $0[2] == "always" }.map { $0[0].filter { $0 != "`" } }
            try await Host.run { host in
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let daemon = try await host.start(environment: ["NOTIFY_SOCKET": systemd.path])
                _ = try await daemon.token()
                _ = try await host.control(["reload"])
                var seen: Set<String> = []
                let deadline = ContinuousClock.now + .seconds(30)
                var names: [String] = []
                repeat {
                    names = Self.threads(of: daemon.program.pid)
                    seen.formUnion(names)
                    try await blocking { pause(.milliseconds(20)) }
                } while names.sorted() != resting.sorted() && ContinuousClock.now < deadline
                #expect(names.sorted() == resting.sorted())
                #expect(seen.isSubset(of: known), "\(seen.subtracting(known))")
                #expect(seen.isSuperset(of: ["journal", "notify", "disk"]))
                _ = try await daemon.token()
            }
        }

        private static func threads(of pid: pid_t) -> [String] {
            Files.names(in: "/proc/\(pid)/task").compactMap { thread in
                // One that has ended meanwhile has no name.
                guard let name = try? Files.text("/proc/\(pid)/task/\(thread)/comm") else { return nil }
                return String(name.dropLast())
            }
        }

        private static var documentation: String {
            let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
            return "/\(root)/Sources/BearerService/BearerService.docc/Threads.md"
        }
    }
}
