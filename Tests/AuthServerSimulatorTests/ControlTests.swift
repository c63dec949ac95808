import AuthServerSimulator
import BearerJSON
import TestSupport
import Testing

@Suite("The interface for other processes")
struct ControlTests {
    @Test("calls are reported with counts and violations, and are not counted themselves")
    func calls() async throws {
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            _ = try await simulator.exchange(.token(client.id, client.secret))
            _ = try await simulator.exchange(.get("/o/client/token"))
            let report = try await simulator.exchange(.get("/simulator/calls")).json
            #expect(report["counts"]?["register"]?.wholeNumber == 1)
            #expect(report["counts"]?["token"]?.wholeNumber == 2)
            #expect(report["counts"]?["other"]?.wholeNumber == 0)
            #expect(report["violations"]?.array == ["method GET, expected POST"])
            let log = try #require(report["calls"]?.array)
            #expect(log.count == 3)
            #expect(log[1]["outcome"]?.string == "answered 201")
            #expect(log[1]["client_id"]?.string == client.id)
        }
    }

    @Test("the report holds no secret")
    func noSecret() async throws {
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            let token = try await simulator.exchange(.token(client.id, client.secret)).json["access_token"]?.string
            _ = try await simulator.exchange(.get("/api/v2/example", bearer: token))
            let report = try await simulator.exchange(.get("/simulator/calls")).body
            for secret in [client.secret, try #require(token), WireRequest.statement] {
                #expect(!report.contains(secret))
            }
        }
    }

    @Test("faults can be posted")
    func faults() async throws {
        try await withSimulator { simulator in
            let order = WireRequest.post("/simulator/faults", #"{"endpoint":"token","faults":[{"status":418}]}"#)
            let taken = try await simulator.exchange(order)
            let status = try await simulator.exchange(.token()).status
            #expect(taken.status == 200)
            #expect(status == 418)
        }
    }

    @Test("tokens and clients can be revoked", arguments: [#"{"tokens":"all"}"#, #"{"clients":"all"}"#])
    func revoke(_ order: String) async throws {
        try await withSimulator { simulator in
            let token = try await simulator.granted()
            let taken = try await simulator.exchange(.post("/simulator/revoke", order))
            #expect(taken.status == 200)
            #expect(!simulator.isValid(token))
        }
    }

    @Test("single tokens and clients can be revoked")
    func revokeSome() async throws {
        try await withSimulator { simulator in
            let (first, second) = (try await simulator.granted(), try await simulator.granted())
            _ = try await simulator.exchange(.post("/simulator/revoke", #"{"tokens":["\#(first)"]}"#))
            #expect(!simulator.isValid(first))
            #expect(simulator.isValid(second))
            let client = try #require(simulator.calls(to: .register)[1].clientID)
            _ = try await simulator.exchange(.post("/simulator/revoke", #"{"clients":["\#(client)"]}"#))
            #expect(!simulator.isValid(second))
        }
    }

    @Test(
        "what is not understood is a 400 with the problem and changes nothing",
        arguments: [
            ("/simulator/faults", "{}"), ("/simulator/faults", "x"), ("/simulator/revoke", #"{"tokens":"some"}"#),
            ("/simulator/revoke", #"{"clients":[5]}"#), ("/simulator/revoke", #"{"token":"all"}"#),
        ])
    func refused(_ path: String, _ body: String) async throws {
        try await withSimulator { simulator in
            let token = try await simulator.granted()
            let reply = try await simulator.exchange(.post(path, body))
            #expect(reply.status == 400)
            #expect(reply.json["problem"]?.string?.hasPrefix("script: ") == true)
            #expect(simulator.isValid(token))
        }
    }

    @Test("an unknown path of it is a 404")
    func unknown() async throws {
        try await withSimulator { simulator in
            let reply = try await simulator.exchange(.get("/simulator/x"))
            #expect(reply.status == 404)
            #expect(simulator.calls.isEmpty)
        }
    }
}
