import AuthServerSimulator
import BearerJSON
import Testing

@Suite("Header fields of both endpoints")
struct HeaderStrictnessTests {
    private static let register = WireRequest.register()
    private static let token = WireRequest.token()

    @Test(
        "a request that is not as documented gets invalid_request and is counted",
        arguments: shared(register) + shared(token) + own)
    func refused(_ row: StrictnessRow) async throws {
        try await withSimulator { simulator in
            let reply = try await simulator.exchange(row.request)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string == row.error)
            try #require(simulator.violations.count == 1)
            #expect(simulator.violations[0].contains(row.violation ?? ""))
            #expect(simulator.calls[0].outcome == .refused(error: row.error))
        }
    }

    private static func shared(_ base: WireRequest) -> [StrictnessRow] {
        [
            StrictnessRow("GET", base, violation: "method GET") { $0.method = "GET" },
            StrictnessRow("HTTP/1.0", base, violation: "HTTP/1.0") { $0.version = "HTTP/1.0" },
            StrictnessRow("a query", base, violation: "query") { $0.target += "?client_secret=x" },
            StrictnessRow("an empty query", base, violation: "query") { $0.target += "?" },
            StrictnessRow("no Host", base, violation: "no Host") { $0["Host"] = nil },
            StrictnessRow("no Content-Type", base, violation: "no Content-Type") { $0["Content-Type"] = nil },
            StrictnessRow("another Content-Type", base, violation: "Content-Type") {
                $0["Content-Type"] = "text/plain"
            },
            StrictnessRow("two Content-Types", base, violation: "2 times") {
                $0.headers.append(("content-type", "application/json"))
            },
            StrictnessRow("an Accept without JSON", base, violation: "Accept") { $0["Accept"] = "text/html" },
            StrictnessRow("Authorization", base, violation: "Authorization") { $0["Authorization"] = "Basic eDp5" },
            StrictnessRow("an empty User-Agent", base, violation: "User-Agent") { $0["User-Agent"] = "" },
            StrictnessRow("no X-Device-Info", base, violation: "no X-Device-Info") { $0["X-Device-Info"] = nil },
            StrictnessRow("two X-Device-Infos", base, violation: "2 times") {
                $0.headers.append(("x-device-info", WireRequest.deviceInfo))
            },
            StrictnessRow("a body over 64 KiB", base, violation: "more than 65536") {
                $0.body = String(repeating: "a", count: 65_537)
            },
        ]
    }

    private static let own = [
        StrictnessRow("a form to register", register, violation: "Content-Type") {
            $0["Content-Type"] = "application/x-www-form-urlencoded"
        },
        StrictnessRow("register in Latin-1", register, violation: "Content-Type") {
            $0["Content-Type"] = "application/json;charset=iso-8859-1"
        },
        StrictnessRow("register without a charset", register, violation: "Content-Type") {
            $0["Content-Type"] = "application/json"
        },
        StrictnessRow("an Accept without a charset", token, violation: "Accept") { $0["Accept"] = "application/json" },
        StrictnessRow("an Accept of anything", token, violation: "Accept") { $0["Accept"] = "*/*" },
        StrictnessRow("JSON to token", token, violation: "Content-Type") { $0["Content-Type"] = "application/json" },
        StrictnessRow("a charset with the form", token, violation: "Content-Type") {
            $0["Content-Type"] = "application/x-www-form-urlencoded;charset=utf-8"
        },
    ]

    @Test(
        "JSON is named with its charset; a switch allows the older form",
        arguments: [
            ("application/json;charset=utf-8", false), ("Application/JSON; charset=UTF-8", false),
            ("application/json", true), ("application/json;charset=utf-8", true),
        ])
    func charset(_ type: String, allowsOlder: Bool) async throws {
        try await withSimulator(SimulatorConfiguration(allowsOlderMediaType: allowsOlder)) { simulator in
            var request = Self.register
            request["Content-Type"] = type
            request["Accept"] = type
            let reply = try await simulator.exchange(request)
            #expect(reply.status == 201)
            #expect(simulator.violations.isEmpty)
        }
    }

    @Test("what is not HTTP is answered with 400, counted, and the connection closed")
    func garbage() async throws {
        try await withSimulator { simulator in
            let reply = try await WireClient.exchange("\u{16}\u{3}\u{1} hello\r\n\r\n", port: simulator.port)
            #expect(reply.status == 400)
            #expect(reply.header("Connection") == "close")
            #expect(simulator.calls.map(\.endpoint) == [.other])
            #expect(simulator.violations.count == 1)
        }
    }

    @Test("an unknown path is counted")
    func unknownPath() async throws {
        try await withSimulator { simulator in
            let reply = try await simulator.exchange(.get("/o/client/tokens"))
            #expect(reply.status == 400)
            #expect(simulator.violations.count == 1)
        }
    }
}
