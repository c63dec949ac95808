import AuthServerSimulator
import BearerJSON
import Testing

extension EndToEnd {
    @Suite("Outages")
    struct OutageTests {
        @Test(
            "without a token, a client is told within its wait",
            arguments: [
                Fault.status(503), .status(403), .throttled, .html, .empty, .hang, .reset,
                .redirect(to: "http://127.0.0.1:1/"),
            ])
        func noToken(fault: Fault) async throws {
            try await Host.run { host in
                host.simulator.script(.token, [], then: fault)
                let daemon = try await host.start()
                let start = ContinuousClock.now
                let reply = try await daemon.ask(#"{"op":"token","wait":1}"#)
                #expect(reply.error == "temporarily_unavailable")
                #expect(reply.retryAfter != nil)
                #expect((.milliseconds(900) ..< .seconds(3)).contains(ContinuousClock.now - start))
                #expect(try await daemon.ask(#"{"op":"token","wait":0}"#).error == "temporarily_unavailable")
                #expect(host.simulator.calls(to: .token).count <= 3)
                #expect(host.simulator.calls(to: .register).count == 1)
            }
        }

        @Test("a server that is gone does not keep the current token from being served")
        func tokenInHand() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                await host.simulator.shutdown()
                let renewed = try await daemon.ask(#"{"op":"renew","wait":2,"rejected":"\#(token)"}"#)
                #expect(renewed.error == "temporarily_unavailable")
                for _ in 0..<50 { #expect(try await daemon.token() == token) }
                let status = try await daemon.ask(#"{"op":"status"}"#)
                #expect(status.profile?["state"]?.string == "degraded")
                #expect(status.profile?["last_error"]?["error"]?.string?.isEmpty == false)
            }
        }

        @Test("an outage is one line at its start and one at its end")
        func log() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [.status(503), .status(503), .status(503)])
                let daemon = try await host.start()
                let reply = try await daemon.ask(#"{"op":"token","wait":60}"#)
                #expect(reply.token != nil)
                try await daemon.line(containing: "a token again after 3 failed attempts")
                #expect(daemon.lines.filter { $0.contains("the token request failed") }.count == 1)
            }
        }

        @Test(
            "a documented refusal is said at once, whatever the wait",
            arguments: ["invalid_software_statement", "unapproved_software_statement", "invalid_redirect_uri"])
        func refusal(error: String) async throws {
            try await Host.run { host in
                host.simulator.script(.register, [], then: .error(error))
                let daemon = try await host.start()
                try await daemon.line(containing: "refuses registration")
                let start = ContinuousClock.now
                let reply = try await daemon.ask(#"{"op":"token","wait":300}"#)
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(reply.error == "registration_refused")
                #expect(reply["error_description"]?.string?.contains(error) == true)
                #expect(host.simulator.calls.count == 1)
            }
        }

        @Test("clients that wait when the refusal comes are told at once")
        func refusalWhileWaiting() async throws {
            try await Host.run { host in
                let body = #"{"error":"unapproved_software_statement"}"#
                host.simulator.script(
                    .register, [.status(503)],
                    then: .status(400, headers: ["Content-Type": "application/json"], body: body))
                let daemon = try await host.start()
                let reply = try await daemon.ask(#"{"op":"token","wait":60}"#)
                #expect(reply.error == "registration_refused")
            }
        }

        @Test("invalid_client does not register again at once: the current token is served")
        func invalidClient() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let token = try await daemon.token()
                host.simulator.revokeClients()
                let renewed = try await daemon.ask(#"{"op":"renew","wait":2,"rejected":"\#(token)"}"#)
                #expect(renewed.error == "temporarily_unavailable")
                #expect(try await daemon.token() == token)
                #expect(host.simulator.calls(to: .register).count == 1)
                try await daemon.line(containing: "invalid_client")
            }
        }
    }
}
