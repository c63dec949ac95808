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
        (429, .late, "status 429: the server says that too many calls come from this address"),
        (500, .text(#"{"error":"invalid_client"}"#), "status 500, expected a success"),
        (503, .unread, "status 503, expected a success"),
        (199, .unread, "status 199, expected a success"),
        (600, .unread, "status 600, expected a success"),
    ]

    @Test("any other status stands for itself", arguments: withoutError)
    func undocumented(status: Int, body: HTTPReply.Body, detail: String) {
        let failure = refusal(HTTPReply(status: status, body: body))
        #expect(failure?.reason == .status(status))
        #expect(failure?.detail == detail)
        #expect(failure?.isUnanswered == false)
    }

    /// Whether a registration may have been made, by status, type, `Retry-After` and body.
    static let registrations: [(Int, String?, String?, HTTPReply.Body, Bool)] = [
        (301, nil, nil, .unread, false), (302, nil, nil, .unread, false), (304, nil, nil, .unread, false),
        (401, nil, nil, .text(""), false), (403, nil, nil, .text("<html>"), false), (404, nil, nil, .cut, false),
        (429, "text/html", nil, .text("<html>"), false), (429, nil, nil, .late, false),
        (503, nil, "7", .unread, false), (503, nil, "soon", .unread, true), (503, nil, nil, .unread, true),
        (408, nil, nil, .text(""), true), (400, nil, nil, .text(#"{"error":"server_is_sad"}"#), true),
        (418, nil, nil, .text(""), true), (500, nil, "7", .unread, true), (502, nil, nil, .unread, true),
        (504, nil, nil, .unread, true), (520, nil, nil, .unread, true), (600, nil, nil, .unread, true),
        (200, "text/html", nil, .text("<html>"), false), (200, nil, nil, .text("\u{FEFF}\r\n <!DOCTYPE html>"), false),
        (200, "application/xhtml+xml; charset=utf-8", nil, .text("page"), false),
        (200, "text/html", nil, .longer(than: 10), false), (200, "text/html", nil, .cut, false),
        (200, "text/html", nil, .late, false), (200, nil, nil, .longer(than: 10), true),
        (200, "text/html", nil, .text("{"), true), (200, "text/html", nil, .text(""), true),
        (200, nil, nil, .text(""), true), (200, nil, nil, .text("[]"), true), (200, nil, nil, .text("{}x"), true),
        (200, "text/plain", nil, .text("thanks"), true), (200, nil, nil, .cut, true), (200, nil, nil, .late, true),
        (201, "text/html", nil, .text("<html>"), true), (201, nil, nil, .text(""), true),
        (201, nil, nil, .text("[1]"), true), (202, "text/html", nil, .text("<html>"), true),
        (204, nil, nil, .text(""), true),
    ]

    @Test("an answer that leaves open whether a registration was made counts as none", arguments: registrations)
    func registration(
        status: Int, type: String?, retryAfter: String?, body: HTTPReply.Body, isUnanswered: Bool
    ) {
        let reply = HTTPReply(status: status, contentType: type, retryAfter: retryAfter, body: body)
        #expect(refusal(reply, .register)?.isUnanswered == isUnanswered)
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
        "a success that does not even begin like the endpoint's is said to be what it is",
        arguments: [
            (
                "text/html; charset=utf-8" as String?, HTTPReply.Body.text("<html>"),
                "the reply is text/html, expected a JSON object"
            ),
            (nil, .text(""), "the reply is not valid JSON, at byte 0"),
            (nil, .text("[]"), "the reply is an array, expected a JSON object"),
            (nil, .text(#""token""#), "the reply is a string, expected a JSON object"),
        ])
    func foreign(type: String?, body: HTTPReply.Body, detail: String) {
        for endpoint in [Endpoint.register, .token] {
            let failure = refusal(HTTPReply(status: 200, contentType: type, body: body), endpoint)
            #expect(failure?.reason == .unexpectedReply)
            #expect(failure?.detail == detail)
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

    @Test("a date in Retry-After is taken against the reply's own, since this host's clock may be wrong")
    func serverClock() {
        let retryAfter = "Sun, 06 Nov 1994 10:00:00 GMT"
        let dates = [("Sun, 06 Nov 1994 09:58:00 GMT" as String?, 120), ("yesterday", 4223), (nil, 4223)]
        for (date, seconds) in dates {
            let reply = HTTPReply(status: 503, retryAfter: retryAfter, date: date, body: .unread)
            #expect(refusal(reply)?.retryAfter == .seconds(seconds), "\(date ?? "no date")")
        }
    }

    @Test("a type that says HTML does not matter when the body is the object")
    func leniency() {
        #expect(refusal(HTTPReply(status: 200, contentType: "text/html", body: .text("{}"))) == nil)
    }
}

extension HTTPReply.Body {
    static func text(_ text: String) -> HTTPReply.Body { .whole(Secret(text)) }
}
