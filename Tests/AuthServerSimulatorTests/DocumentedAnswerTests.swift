import AuthServerSimulator
import BearerJSON
import TestSupport
import Testing

@Suite("Documented answers")
struct DocumentedAnswerTests {
    @Test("a registration yields all documented fields")
    func register() async throws {
        let time = ManualClock()
        try await withSimulator(SimulatorConfiguration(clock: time.clock)) { simulator in
            let reply = try await simulator.exchange(.register())
            #expect(reply.status == 201)
            #expect(reply.header("Content-Type") == "application/json;charset=utf-8")
            let json = reply.json
            #expect(json["client_id"]?.string?.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
            #expect(json["client_secret"]?.string?.isEmpty == false)
            #expect(json["client_id_issued_at"]?.wholeNumber == 1_763_980_000)
            #expect(json["redirect_uris"]?.array == ["adobepass://com.programmer"])
            #expect(json["grant_types"]?.array == ["client_credentials"])
            #expect(json["scopes"]?.array == ["api:client:v2"])
            #expect(simulator.calls.map(\.clientID) == [json["client_id"]?.string])
        }
    }

    @Test("a token reply has all documented fields, created_at in milliseconds")
    func token() async throws {
        let time = ManualClock()
        try await withSimulator(SimulatorConfiguration(tokenLifetime: 3_600, clock: time.clock)) { simulator in
            let client = try await simulator.registered()
            let reply = try await simulator.exchange(.token(client.id, client.secret))
            #expect(reply.status == 201)
            let json = reply.json
            #expect(json["token_type"]?.string == "bearer")
            #expect(json["expires_in"]?.wholeNumber == 3_600)
            #expect(json["created_at"]?.wholeNumber == 1_763_980_000_000)
            #expect(json["id"]?.string?.isEmpty == false)
            #expect((600...1_000).contains(json["access_token"]?.string?.utf8.count ?? 0))
            #expect(simulator.violations.isEmpty)
        }
    }

    @Test("the wrong secret and an unknown client get invalid_client, which is no violation")
    func invalidClient() async throws {
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            for request in [WireRequest.token(client.id, "wrong"), .token("unknown", client.secret)] {
                let reply = try await simulator.exchange(request)
                #expect(reply.status == 400)
                #expect(reply.body == #"{"error":"invalid_client"}"#)
            }
            #expect(simulator.violations.isEmpty)
        }
    }

    @Test("only known statements register when they are named")
    func statements() async throws {
        let known = SimulatorConfiguration(statements: .known([WireRequest.statement]))
        try await withSimulator(known) { simulator in
            let good = try await simulator.exchange(.register())
            let other = try await simulator.exchange(.register(statement: "abcd.efgh.ijkl"))
            #expect(good.status == 201)
            #expect(other.json["error"]?.string == "unapproved_software_statement")
            #expect(simulator.violations.isEmpty)
        }
    }

    @Test("a token is good until it expires, for the protected API too")
    func expiry() async throws {
        let time = ManualClock()
        try await withSimulator(SimulatorConfiguration(tokenLifetime: 60, clock: time.clock)) { simulator in
            let token = try await simulator.granted()
            time.advance(by: .seconds(60) - .nanoseconds(1))
            #expect(simulator.isValid(token))
            #expect(try await simulator.exchange(.get("/api/v2/example", bearer: token)).status == 200)
            time.advance(by: .nanoseconds(1))
            #expect(!simulator.isValid(token))
            #expect(try await simulator.exchange(.get("/api/v2/example", bearer: token)).status == 401)
        }
    }

    @Test("without a token, or with a made-up one, the protected API answers 401", arguments: [nil, "made-up"])
    func unauthorized(_ bearer: String?) async throws {
        try await withSimulator { simulator in
            let reply = try await simulator.exchange(.get("/api/v2/example", bearer: bearer))
            #expect(reply.status == 401)
            #expect(reply.header("WWW-Authenticate") == #"Bearer error="invalid_token""#)
            #expect(simulator.calls.map(\.outcome) == [.answered(status: 401)])
        }
    }

    @Test("revoked tokens are not valid; a new one is")
    func revokedTokens() async throws {
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            let old = try await simulator.granted()
            simulator.revokeTokens()
            let new = try await simulator.exchange(.token(client.id, client.secret)).json["access_token"]?.string
            #expect(!simulator.isValid(old))
            #expect(simulator.isValid(new ?? ""))
        }
    }

    @Test("a revoked client gets invalid_client, and its tokens ask for a new registration")
    func revokedClient() async throws {
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            let granted = try await simulator.exchange(.token(client.id, client.secret))
            let token = granted.json["access_token"]?.string ?? ""
            simulator.revokeClient(client.id)
            let refused = try await simulator.exchange(.token(client.id, client.secret))
            let api = try await simulator.exchange(.get("/api/v2/example", bearer: token))
            #expect(refused.json["error"]?.string == "invalid_client")
            #expect(!simulator.isValid(token))
            #expect(api.status == 401)
            #expect(api.json["action"]?.string == "application-registration")
        }
    }

    @Test("a connection serves one request after the other, pipelined ones in order")
    func keepAlive() async throws {
        try await withSimulator { simulator in
            simulator.script(.example, [.delay(.milliseconds(50)), .answer])
            var last = WireRequest.get("/api/v2/example")
            last["Connection"] = "close"
            let first = WireRequest.get("/simulator/calls")
            let text = WireRequest.get("/api/v2/example").text + first.text + last.text
            let bytes = try await WireClient.whole(text, port: simulator.port)
            let statuses = bytes.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["401", "200", "401"])
        }
    }
}
