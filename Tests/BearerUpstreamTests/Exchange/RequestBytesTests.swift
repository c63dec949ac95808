import BearerCore
import Testing

@testable import BearerUpstream

/// What goes over the wire, byte by byte.
@Suite("Requests on the wire", .timeLimit(.minutes(1)))
struct RequestBytesTests {
    @Test("a registration is this request")
    func registration() async throws {
        let server = try await RawServer.start(.answer(Replies.registration))
        let credentials = try await TestClient.with { client in
            try await client.register(at: "http://127.0.0.1:\(server.port)")
        }
        #expect(credentials.clientID == "id-1")
        let body =
            #"{"software_statement":"eyJhbGciOiJSUzI1NiJ9.c3RhdGVtZW50.c2lnbmF0dXJl","#
            + #""redirect_uri":"adobepass://com.programmer"}"#
        #expect(
            server.log.requests == [
                "POST /o/client/register HTTP/1.1\r\n" + "Host: 127.0.0.1:\(server.port)\r\n"
                    + "Content-Type: application/json;charset=utf-8\r\n"
                    + "Accept: application/json;charset=utf-8\r\n" + "X-Device-Info: eyJtb2RlbCI6IlRlc3QifQ==\r\n"
                    + "User-Agent: bearerd/1.2.3\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
            ])
        await server.stop()
    }

    @Test("a request for a token is this request")
    func token() async throws {
        let server = try await RawServer.start(.answer(Replies.token))
        let grant = try await TestClient.with {
            try await $0.requestToken(at: "http://127.0.0.1:\(server.port)/base/", userAgent: "Player/7")
        }
        #expect(grant == TokenGrant(value: Secret("abc.def"), lifetime: .seconds(21_600)))
        let body = "client_id=id-1&client_secret=s3cret%2F%2B%26+%3D%7E%C3%A4&grant_type=client_credentials"
        #expect(
            server.log.requests == [
                "POST /base/o/client/token HTTP/1.1\r\n" + "Host: 127.0.0.1:\(server.port)\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n"
                    + "Accept: application/json;charset=utf-8\r\n" + "X-Device-Info: eyJtb2RlbCI6IlRlc3QifQ==\r\n"
                    + "User-Agent: Player/7\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
            ])
        await server.stop()
    }

    @Test("a registration without a redirect URI does not mention it")
    func noRedirectURI() async throws {
        let server = try await RawServer.start(.answer(Replies.registration))
        _ = try await TestClient.with {
            try await $0.register(Secret(TestClient.statement), at: .test("http://127.0.0.1:\(server.port)"))
        }
        let sent = try #require(server.log.requests.first)
        #expect(sent.hasSuffix("\r\n\r\n{\"software_statement\":\"\(TestClient.statement)\"}"))
        await server.stop()
    }

    @Test("every request has a connection of its own")
    func connections() async throws {
        let server = try await RawServer.start(.answer(Replies.token))
        try await TestClient.with { client in
            for _ in 1...3 {
                try await client.requestToken(at: "http://127.0.0.1:\(server.port)")
            }
        }
        #expect(server.log.connections == 3)
        #expect(server.log.requests.count == 3)
        await server.stop()
    }
}
