import BearerCore
import TestSupport
import Testing

@testable import BearerUpstream

/// Servers that are unwell, over real sockets.
@Suite("Faults", .timeLimit(.minutes(1)))
struct FaultTests {
    /// Both endpoints against one server, with everything that must hold of any failure.
    private func failures(
        _ behaviour: RawServer.Behaviour,
        _ configuration: UpstreamConfiguration = .limited()
    ) async throws -> (registration: ExchangeFailure, token: ExchangeFailure, log: RequestLog) {
        let server = try await RawServer.start(behaviour)
        let url = "http://127.0.0.1:\(server.port)"
        let registration = try await TestClient.registrationFailure(at: url, configuration)
        #expect(server.log.connections == 1, "a request is never repeated")
        let token = try await TestClient.tokenFailure(at: url, configuration)
        await server.stop()
        for failure in [registration, token] {
            for secret in TestClient.secrets { #expect(!"\(String(describing: failure))".contains(secret)) }
        }
        return (try #require(registration), try #require(token), server.log)
    }

    @Test("a refused connection is no answer, but nothing was lost")
    func refused() async throws {
        let server = try await RawServer.start(.hang)
        await server.stop()
        let failure = try await TestClient.registrationFailure(at: "http://127.0.0.1:\(server.port)")
        #expect(failure?.reason == .notConnected)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no connection to 127.0.0.1:\(server.port): Connection refused")
    }

    @Test("a name that does not exist is said to be that")
    func unresolved() async throws {
        let name = String(repeating: "a", count: 64) + ".invalid"  // A label too long to be asked for.
        let failure = try await TestClient.registrationFailure(at: "https://\(name)")
        #expect(failure?.reason == .notConnected)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no connection to \(name): the name was not resolved")
    }

    @Test("connecting is given up after its own limit")
    func connectLimit() async throws {
        let backlog = try FullBacklog()
        let failure = try await TestClient.registrationFailure(
            at: "http://127.0.0.1:\(backlog.port)", .limited(connect: .milliseconds(200)))
        #expect(failure?.reason == .notConnected)
        #expect(failure?.isUnanswered == false)
        #expect(failure?.detail == "no connection to 127.0.0.1:\(backlog.port): not established within 0.2 seconds")
    }

    @Test("a server that never answers is given up after the limit of the exchange")
    func blackHole() async throws {
        let (registration, token, log) = try await failures(.hang, .limited(exchange: .seconds(1)))
        for failure in [registration, token] {
            #expect(failure.reason == .timedOut)
            #expect(failure.isUnanswered)
        }
        #expect(log.requests.count == 2)
    }

    @Test("a connection reset before the request leaves nothing open")
    func resetAtOnce() async throws {
        let server = try await RawServer.start(.abort)
        let failure = try #require(
            await TestClient.registrationFailure(at: "http://127.0.0.1:\(server.port)"))
        // The request may or may not have gone out when the reset arrives.
        #expect(failure.reason == (failure.isUnanswered ? .connectionLost : .notConnected))
        #expect(server.log.requests.isEmpty)
        await server.stop()
    }

    static let interrupted = [
        RawServer.Behaviour.answerAndReset(""), .answerAndClose(""),
        .answerAndReset("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"client_id\":"),
        .answerAndClose("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"client_id\":"),
        .answerAndClose("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"),
        .answerAndClose("HTTP/1.1 201 Cre"),
    ]

    @Test("a connection lost after the request leaves open whether the server acted", arguments: interrupted)
    func lost(behaviour: RawServer.Behaviour) async throws {
        let (registration, token, _) = try await failures(behaviour)
        for failure in [registration, token] {
            #expect([.connectionLost, .unexpectedReply].contains(failure.reason), "\(failure)")
            #expect(failure.isUnanswered)
        }
    }

    @Test("a reply that drips is cut off at the limit of the exchange")
    func drip() async throws {
        let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{}"
        let (registration, token, _) = try await failures(.drip(head), .limited(exchange: .seconds(1)))
        for failure in [registration, token] {
            #expect(failure.reason == .timedOut)
            #expect(failure.isUnanswered)
        }
    }

    @Test("a refusal that drips is still the refusal that its status says")
    func drippingRefusal() async throws {
        let head = "HTTP/1.1 429 Slow Down\r\nRetry-After: 3\r\nContent-Length: 60000\r\n\r\n{}"
        let (registration, token, _) = try await failures(.drip(head), .limited(exchange: .seconds(2)))
        for failure in [registration, token] {
            #expect(failure.reason == .status(429))
            #expect(failure.retryAfter == .seconds(3))
            #expect(!failure.isUnanswered)
        }
    }

    @Test(
        "a body over the limit is cut off, announced or not",
        arguments: ["Content-Length: 1073741824", "Connection: close"])
    func flood(framing: String) async throws {
        let (registration, token, log) = try await failures(.flood("HTTP/1.1 201 Created\r\n\(framing)\r\n\r\n{}"))
        #expect(registration.detail == "the reply is longer than 65536 bytes")
        #expect(registration.isUnanswered)
        #expect(!token.isUnanswered)
        #expect(log.bytesWritten < 64 << 20)
    }

    @Test("a body of exactly the limit is read")
    func fullBody() async throws {
        let body = #"{"access_token":"abc.def","token_type":"bearer","expires_in":21600}"#
        let padded = body + String(repeating: " ", count: 65_536 - body.utf8.count)
        let server = try await RawServer.start(.answer(Replies.ok(padded)))
        #expect(try await TestClient.tokenFailure(at: "http://127.0.0.1:\(server.port)") == nil)
        await server.stop()
    }

    @Test("a redirect is not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let target = try await RawServer.start(.answer(Replies.token))
        let (registration, token, _) = try await failures(
            .answer(
                "HTTP/1.1 \(status) Elsewhere\r\nLocation: http://127.0.0.1:\(target.port)/\r\n"
                    + "Content-Length: 0\r\n\r\n"))
        #expect(registration.reason == .status(status))
        #expect(token.reason == .status(status))
        #expect(target.log.connections == 0)
        await target.stop()
    }

    @Test("Adobe's throttle, with its page of HTML, is what its status says")
    func throttled() async throws {
        let page = "<html><body><h1>429 Too Many Requests</h1></body></html>"
        let (registration, token, _) = try await failures(
            .answer(
                "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/html\r\n"
                    + "Content-Length: \(page.utf8.count)\r\n\r\n\(page)"))
        #expect(registration.reason == .status(429))
        #expect(token.reason == .status(429))
        #expect(!registration.isUnanswered)
    }

    @Test("a Retry-After that is a date counts from the wall clock")
    func retryDate() async throws {
        var configuration = UpstreamConfiguration.limited()
        configuration.wallClock = { .seconds(784_111_777) }
        let (registration, token, _) = try await failures(
            .answer(
                "HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:47 GMT\r\nContent-Length: 0\r\n\r\n"),
            configuration)
        #expect(registration.retryAfter == .seconds(10))
        #expect(token.retryAfter == .seconds(10))
    }

    @Test("a documented error in a 401 is that error")
    func invalidClient() async throws {
        let body = #"{"error":"invalid_client"}"#
        let (_, token, _) = try await failures(
            .answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"))
        #expect(token.reason == .oauth(.invalidClient))
    }

    @Test("what is not HTTP is no reply")
    func notHTTP() async throws {
        let (registration, _, _) = try await failures(.answerAndClose("220 mail.example ESMTP\r\n"))
        #expect(registration.reason == .unexpectedReply)
        #expect(registration.isUnanswered)
    }

    static let outcomes = [
        RawServer.Behaviour.answer(Replies.registration), .hang,
        .answer("HTTP/1.1 302 Found\r\nContent-Length: 60000\r\n\r\n"),
        .drip("HTTP/1.1 201 Created\r\nContent-Length: 60000\r\n\r\n"), .flood("HTTP/1.1 201 Created\r\n\r\n"),
    ]

    @Test("no connection outlives its exchange", arguments: outcomes)
    func closed(behaviour: RawServer.Behaviour) async throws {
        let server = try await RawServer.start(behaviour)
        try await TestClient.with(.limited(exchange: .seconds(1))) { client in
            _ = try? await client.register(at: "http://127.0.0.1:\(server.port)")
            await server.log.allClosed()
        }
        await server.stop()
    }

    @Test("an exchange that hangs does not keep others from connecting")
    func parallel() async throws {
        let server = try await RawServer.start(.hang)
        let url = "http://127.0.0.1:\(server.port)"
        try await TestClient.with(.limited(exchange: .seconds(1))) { client in
            await withTaskGroup { group in
                for _ in 1...20 { group.addTask { _ = try? await client.requestToken(at: url) } }
            }
        }
        #expect(server.log.requests.count == 20)
        await server.stop()
    }

    @Test("a header that cannot be sent sends nothing")
    func invalidHeader() async throws {
        let server = try await RawServer.start(.answer(Replies.token))
        let expected = ExchangeFailure(
            .notConnected,
            detail: "no connection to 127.0.0.1:\(server.port): a header has characters that cannot be sent")
        try await TestClient.with { client in
            _ = await #expect(throws: expected) {
                try await client.requestToken(
                    at: "http://127.0.0.1:\(server.port)", userAgent: "a\r\nX-Injected: b")
            }
        }
        #expect(server.log.connections == 0)
        await server.stop()
    }

    @Test("cancelling ends an exchange in flight")
    func cancelled() async throws {
        let server = try await RawServer.start(.hang)
        let outcome = try await TestClient.with { client in
            let registration = Task {
                try await client.register(at: "http://127.0.0.1:\(server.port)")
            }
            await server.log.firstRequest()
            registration.cancel()
            return await registration.result
        }
        #expect(throws: Self.unanswered) { try outcome.get() }
        await server.stop()
    }

    @Test("shutting down ends an exchange in flight")
    func shutdown() async throws {
        let server = try await RawServer.start(.hang)
        let client = try UpstreamClient(configuration: .limited())
        let registration = Task {
            try await client.register(at: "http://127.0.0.1:\(server.port)")
        }
        await server.log.firstRequest()
        client.shutdown()
        let outcome = await registration.result
        #expect(throws: Self.unanswered) { try outcome.get() }
        await server.stop()
    }

    private static let unanswered = ExchangeFailure(
        .connectionLost, detail: "the connection was lost before an answer came", isUnanswered: true)
}
