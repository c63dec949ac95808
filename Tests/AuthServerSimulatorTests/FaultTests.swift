import AuthServerSimulator
import BearerJSON
import Testing

@Suite("Faults, seen by a client")
struct FaultTests {
    /// What a client sees of one token request under `fault`, and whether the server has acted on it.
    private func outcome(of fault: Fault) async throws -> (reply: WireReply, call: Call, isIssued: Bool) {
        var seen: (WireReply, Call, Bool)?
        try await withSimulator { simulator in
            let client = try await simulator.registered()
            simulator.script(.token, [fault])
            let reply = try await simulator.exchange(.token(client.id, client.secret))
            let call = try #require(simulator.calls(to: .token).first)
            let token = reply.json["access_token"]?.string ?? ""
            seen = (reply, call, simulator.isValid(token))
        }
        return try #require(seen)
    }

    @Test(
        "a replaced reply arrives as ordered",
        arguments: [
            (Fault.status(503, headers: ["Retry-After": "7"], body: "busy"), 503, "busy"),
            (.status(500), 500, ""),
            (.error("invalid_client"), 400, #"{"error":"invalid_client"}"#),
            (.redirect(to: "http://127.0.0.1:1/"), 307, ""),
            (.redirect(to: "/", status: 302), 302, ""),
            (.empty, 201, ""),
            (.body("{}"), 201, "{}"),
        ])
    func replaced(_ fault: Fault, _ status: Int, _ body: String) async throws {
        let (reply, call, isIssued) = try await outcome(of: fault)
        #expect(reply.status == status)
        #expect(reply.body == body)
        #expect(reply.end == .complete)
        #expect(call.outcome == .fault(fault.name))
        #expect(call.violation == nil)
        #expect(!isIssued)
    }

    @Test("the header fields of a fault arrive")
    func headers() async throws {
        let (busy, _, _) = try await outcome(of: .status(503, headers: ["Retry-After": "7"]))
        #expect(busy.header("Retry-After") == "7")
        let (moved, _, _) = try await outcome(of: .redirect(to: "http://127.0.0.1:1/x"))
        #expect(moved.header("Location") == "http://127.0.0.1:1/x")
        let (portal, _, _) = try await outcome(of: .html)
        #expect(portal.status == 201)
        #expect(portal.header("Content-Type") == "text/html")
        let (throttled, _, _) = try await outcome(of: .throttled)
        #expect(throttled.status == 429)
    }

    @Test("a reset comes before the first byte")
    func reset() async throws {
        let (reply, call, _) = try await outcome(of: .reset)
        #expect(reply.end == .reset)
        #expect(reply.bytes.isEmpty)
        #expect(call.outcome == .fault("reset"))
    }

    @Test("a reset in mid-reply comes after so many bytes", arguments: [0, 1, 40, 300])
    func resetAfter(_ count: Int) async throws {
        let (reply, _, _) = try await outcome(of: .resetAfter(bytes: count))
        #expect(reply.end == .reset)
        #expect(reply.bytes.count == count)
    }

    @Test("a truncated body ends in order, short of its Content-Length")
    func truncated() async throws {
        let (reply, _, _) = try await outcome(of: .truncated(bytes: 12))
        #expect(reply.end == .closed)
        #expect(reply.status == 201)
        #expect(reply.body.utf8.count == 12)
        #expect((reply.header("Content-Length").flatMap { Int($0) } ?? 0) > 12)
    }

    @Test("raw bytes arrive as they are")
    func raw() async throws {
        let (reply, _, _) = try await outcome(of: .raw(Array("SSH-2.0-OpenSSH\r\n".utf8)))
        #expect(reply.bytes == Array("SSH-2.0-OpenSSH\r\n".utf8))
        #expect(reply.end == .closed)
    }

    @Test("a delayed answer is the documented one")
    func delay() async throws {
        let start = ContinuousClock.now
        let (reply, _, isIssued) = try await outcome(of: .delay(.milliseconds(120)))
        #expect(start.duration(to: .now) >= .milliseconds(120))
        #expect(isIssued)
        #expect(reply.status == 201)
    }

    @Test("a slow drip is the documented answer, with a pause between its pieces")
    func drip() async throws {
        let start = ContinuousClock.now
        let (reply, _, isIssued) = try await outcome(of: .drip(bytes: 100, every: .milliseconds(5)))
        let pauses = (reply.bytes.count - 1) / 100
        #expect(isIssued)
        #expect(pauses > 5)
        #expect(start.duration(to: .now) >= .milliseconds(5) * pauses)
    }

    @Test("a huge body has the length it was ordered with")
    func huge() async throws {
        let (reply, _, _) = try await outcome(of: .huge(bytes: 1_000_003))
        #expect(reply.status == 201)
        #expect(reply.body.utf8.count == 1_000_003)
    }

    @Test(
        "expires_in is whatever JSON was ordered",
        arguments: ["0", "-1", "3600.5", "\"3600\"", "null", "true", "1e30", "[]"])
    func lifetime(_ json: String) async throws {
        let (reply, _, _) = try await outcome(of: .lifetime(json: json))
        #expect(reply.body.contains(#""expires_in":\#(json),"#))
    }

    @Test("the token lasts as long as a whole expires_in says")
    func shortLifetime() async throws {
        let time = ManualClock()
        try await withSimulator(SimulatorConfiguration(clock: time.clock)) { simulator in
            simulator.script(.token, [.lifetime(json: "5")])
            let token = try await simulator.granted()
            #expect(simulator.isValid(token))
            time.advance(by: .seconds(5))
            #expect(!simulator.isValid(token))
        }
    }

    @Test("a hanging request is seen, never answered, and holds nobody up; the shutdown ends it")
    func hang() async throws {
        let simulator = try await AuthServerSimulator.start(SimulatorConfiguration(throttle: nil))
        simulator.script(.token, [.hang])
        async let hanging = WireClient.exchange(.token(), port: simulator.port)
        try await simulator.waitForCalls(1, to: .token)
        let other = try await simulator.exchange(.token())
        #expect(other.status == 400)
        await simulator.shutdown()
        let reply = try await hanging
        #expect(reply.bytes.isEmpty)
        #expect(reply.end == .closed)
    }

    @Test("a registration whose answer is lost was made all the same; one that was refused was not")
    func actsOrNot() async throws {
        try await withSimulator { simulator in
            simulator.script(.register, [.resetAfter(bytes: 0), .status(500)])
            _ = try await simulator.exchange(.register())
            _ = try await simulator.exchange(.register())
            let calls = simulator.calls(to: .register)
            #expect(calls.map { $0.clientID != nil } == [true, false])
        }
    }

    @Test("a fault does not hide what the request did wrong")
    func violationUnderFault() async throws {
        try await withSimulator { simulator in
            simulator.script(.token, [.status(503)])
            var request = WireRequest.token()
            request["X-Device-Info"] = nil
            let reply = try await simulator.exchange(request)
            #expect(reply.status == 503)
            #expect(simulator.violations == ["no X-Device-Info"])
        }
    }

    @Test("the queue comes first, then what holds until further notice, until the endpoint is healed")
    func order() async throws {
        try await withSimulator { simulator in
            simulator.script(.token, [.status(500), .answer, .status(502)], then: .status(503))
            var statuses: [Int?] = []
            for _ in 0..<5 { statuses.append(try await simulator.exchange(.token()).status) }
            simulator.script(.token, [])
            statuses.append(try await simulator.exchange(.token()).status)
            #expect(statuses == [500, 400, 502, 503, 503, 400])
            #expect(try await simulator.exchange(.register()).status == 201)
        }
    }
}
