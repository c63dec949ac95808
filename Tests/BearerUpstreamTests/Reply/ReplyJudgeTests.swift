import BearerCore
import Testing

@testable import BearerUpstream

@Suite("What a status means")
struct ReplyJudgeTests {
    private func refusal(_ reply: HTTPReply, _ endpoint: Endpoint = .token) -> ExchangeFailure? {
        do throws(ExchangeFailure) {
            _ = try ReplyJudge(endpoint: endpoint, now: .seconds(784_111_777)).object(of: reply)
            return nil
        } catch {
            return error
        }
    }

    @Test("a documented error decides whatever the 4xx status", arguments: OAuthError.allCases, [400, 401, 403, 429])
    func documented(error: OAuthError, status: Int) {
        let reply = HTTPReply(status: status, body: .text(#"{"error":"\#(error.rawValue)"}"#))
        #expect(refusal(reply)?.reason == .oauth(error))
        #expect(refusal(reply, .register)?.reason == .oauth(error))
        #expect(refusal(reply, .register)?.isUnanswered == false)
    }

    static let withoutError: [(Int, HTTPReply.Body, String)] = [
        (302, .unread, "status 302: redirects are not followed"),
        (304, .unread, "status 304: redirects are not followed"),
        (400, .text(#"{"error":"server_is_sad"}"#), "status 400 with the undocumented error server_is_sad"),
        (400, .text(#"{"error":"S3cret!"}"#), "status 400 without a documented error"),
        (400, .text(#"{"error":["invalid_client"]}"#), "status 400 without a documented error"),
        (400, .text(#"{"ERROR":"invalid_client"}"#), "status 400 without a documented error"),
        (400, .text(#"["invalid_client"]"#), "status 400 without a documented error"),
        (400, .text(#"{"error":"invalid_client""#), "status 400 without a documented error"),
        (400, .text(#"{"error":"invalid_client","error":"invalid_client"}"#), "status 400 without a documented error"),
        (401, .text("<html>"), "status 401 without a documented error"),
        (403, .longer(than: 10), "status 403 without a documented error"),
        (404, .cut, "status 404 without a documented error"),
        (429, .late, "status 429 without a documented error"),
        (500, .text(#"{"error":"invalid_client"}"#), "status 500, expected a success"),
        (503, .unread, "status 503, expected a success"),
        (199, .unread, "status 199, expected a success"),
        (600, .unread, "status 600, expected a success"),
    ]

    @Test("any other status stands for itself, and is an answer", arguments: withoutError)
    func undocumented(status: Int, body: HTTPReply.Body, detail: String) {
        let failure = refusal(HTTPReply(status: status, body: body), .register)
        #expect(failure?.reason == .status(status))
        #expect(failure?.detail == detail)
        #expect(failure?.isUnanswered == false)
    }

    static let unusable: [(String?, String?, HTTPReply.Body, ExchangeFailure.Reason, String)] = [
        ("application/json", nil, .text("{"), .unexpectedReply, "the reply is not valid JSON, at byte 1"),
        ("application/problem+json", nil, .text("{]"), .unexpectedReply, "the reply is not valid JSON, at byte 1"),
        (
            "application/json", "gzip", .text("\u{1f}"), .unexpectedReply,
            "the reply is encoded as gzip, which was not asked for"
        ),
        (nil, nil, .longer(than: 65_536), .unexpectedReply, "the reply is longer than 65536 bytes"),
        (nil, nil, .cut, .connectionLost, "the connection was lost before the whole reply had come"),
        (nil, nil, .late, .timedOut, "the reply was not complete within the time limit"),
    ]

    @Test("a success that cannot be used loses a registration, not a token", arguments: unusable)
    func success(
        type: String?, coding: String?, body: HTTPReply.Body, reason: ExchangeFailure.Reason, detail: String
    ) {
        let reply = HTTPReply(status: 201, contentType: type, contentEncoding: coding, body: body)
        let registration = refusal(reply, .register)
        #expect(registration?.reason == reason)
        #expect(registration?.detail == detail)
        #expect(registration?.isUnanswered == true)
        #expect(refusal(reply, .token)?.isUnanswered == (reason != .unexpectedReply))
    }

    @Test(
        "a success that does not even begin like the endpoint's is something else's answer, and costs no registration",
        arguments: [
            (
                "text/html; charset=utf-8" as String?, HTTPReply.Body.text("<html>"),
                "the reply is text/html, expected a JSON object"
            ),
            (nil, .text(""), "the reply is not valid JSON, at byte 0"),
            (nil, .text("[]"), "the reply is an array, expected a JSON object"),
            (nil, .text(#""token""#), "the reply is a string, expected a JSON object"),
        ])
    func captivePortal(type: String?, body: HTTPReply.Body, detail: String) {
        for endpoint in [Endpoint.register, .token] {
            let failure = refusal(HTTPReply(status: 200, contentType: type, body: body), endpoint)
            #expect(failure?.reason == .unexpectedReply)
            #expect(failure?.detail == detail)
            #expect(failure?.isUnanswered == false)
        }
    }

    @Test("Retry-After is taken from any failed reply", arguments: [201, 302, 400, 429, 503])
    func retryAfter(status: Int) {
        let body = HTTPReply.Body.text(#"{"error":"invalid_client""#)
        #expect(refusal(HTTPReply(status: status, retryAfter: "7", body: body))?.retryAfter == .seconds(7))
        let date = "Sun, 06 Nov 1994 08:49:47 GMT"
        #expect(refusal(HTTPReply(status: status, retryAfter: date, body: body))?.retryAfter == .seconds(10))
        #expect(refusal(HTTPReply(status: status, retryAfter: "1e30", body: body))?.retryAfter == nil)
    }

    @Test("a type that says HTML does not matter when the body is the object")
    func leniency() {
        #expect(refusal(HTTPReply(status: 200, contentType: "text/html", body: .text("{}"))) == nil)
    }
}

extension HTTPReply.Body {
    static func text(_ text: String) -> HTTPReply.Body { .whole(Secret(text)) }
}
