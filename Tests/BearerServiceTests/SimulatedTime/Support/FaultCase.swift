import AuthServerSimulator
import BearerUpstream
import TestSupport
import Testing

/// A row of the table of faults: what goes wrong, at which endpoint.
struct FaultCase: Sendable, CustomTestStringConvertible {
    /// As the table says it.
    let name: String
    let endpoint: Endpoint
    let cause: Cause
    /// How long an exchange takes before it comes to this.
    let takes: Duration

    /// How the fault is brought about.
    enum Cause: Sendable {
        case answer(Fault)
        /// Nothing listens.
        case refused
        /// Connections are never established.
        case blackHole
        /// The name has no address.
        case unresolved
        case certificate(Certificates.Server, isAuthorityKnown: Bool)
        /// HTTPS is asked for, and HTTP spoken.
        case plain
    }

    var testDescription: String { "\(name), \(endpoint)" }

    static let all = both + registration + token

    private static func cases(_ endpoint: Endpoint, _ faults: [(String, Fault)]) -> [FaultCase] {
        faults.map { FaultCase(name: $0, endpoint: endpoint, cause: .answer($1), takes: quick) }
    }

    private static let quick = Duration.milliseconds(200)
    private static let limits = UpstreamLimits()

    private static let both = [Endpoint.register, .token].flatMap { endpoint in
        let connections: [(String, Cause, Duration)] = [
            ("connection refused", .refused, quick),
            ("name not resolved", .unresolved, quick),
            ("connection never established", .blackHole, limits.connect),
            ("TLS: another name", .certificate(.wrongName, isAuthorityKnown: true), quick),
            ("TLS: expired", .certificate(.expired, isAuthorityKnown: true), quick),
            ("TLS: unknown authority", .certificate(.loopback, isAuthorityKnown: false), quick),
            ("HTTP where HTTPS was asked for", .plain, quick),
            ("no answer, ever", .answer(.hang), limits.exchange),
            ("an answer of a byte a second", .answer(.drip(bytes: 1, every: .seconds(1))), limits.exchange),
        ]
        return connections.map { FaultCase(name: $0, endpoint: endpoint, cause: $1, takes: $2) }
            + cases(endpoint, answers)
    }

    private static let html = "<html><body>canary</body></html>"

    private static func status(_ code: Int, _ retryAfter: String? = nil) -> Fault {
        var headers = ["Content-Type": "text/html"]
        headers["Retry-After"] = retryAfter
        return .status(code, headers: headers, body: html)
    }

    private static func error(_ code: String, status: Int = 400) -> Fault {
        .status(status, headers: ["Content-Type": "application/json"], body: #"{"error":"\#(code)"}"#)
    }

    private static let answers: [(String, Fault)] =
        [
            ("reset before the answer", .reset),
            ("reset in mid-answer", .resetAfter(bytes: 60)),
            ("closed in mid-body", .truncated(bytes: 20)),
            ("an answer that is not HTTP", .raw(Array("220 mail.example ESMTP canary\r\n".utf8))),
            ("301 to elsewhere", .redirect(to: "http://127.0.0.1:1/canary", status: 301)),
            ("307 to elsewhere", .redirect(to: "http://127.0.0.1:1/canary", status: 307)),
        ]
        + [
            "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type",
            "invalid_redirect_uri",
            "invalid_software_statement", "unapproved_software_statement",
        ].map { ("400 `\($0)`", error($0)) }
        + [
            ("401 `invalid_client`", error("invalid_client", status: 401)),
            ("429 `invalid_request`", error("invalid_request", status: 429)),
            ("503 `invalid_request`", error("invalid_request", status: 503)),
            ("400 with an error that is not documented", error("access_denied")),
            ("400 without an error", .status(400, headers: ["Content-Type": "application/json"], body: "{}")),
            ("400 in HTML", status(400)),
            ("401 in HTML", status(401)), ("403", status(403)), ("404", status(404)), ("408", status(408)),
            ("429, Adobe's throttle", .throttled),
            ("429, `Retry-After: 120`", status(429, "120")),
            ("429, `Retry-After` a date in two minutes", status(429, "Sun, 06 Nov 1994 08:51:37 GMT")),
            ("429, `Retry-After` a date of last year", status(429, "Sat, 06 Nov 1993 08:51:37 GMT")),
            ("429, `Retry-After: 99999999999`", status(429, "99999999999")),
            ("429, `Retry-After: soon`", status(429, "soon")),
            ("500", status(500)), ("502", status(502)), ("503", status(503)), ("504", status(504)),
            ("200 in HTML, a captive portal", .status(200, headers: ["Content-Type": "text/html"], body: html)),
            ("200 without a body", .status(200)),
            ("200 with half a JSON object", .body(#"{"canary":"#)),
            ("200 with a JSON array", .body(#"["canary"]"#)),
            ("200 with 1 GiB", .huge(bytes: 1 << 30)),
        ]

    private static let registration = cases(
        .register,
        [
            ("`client_secret` missing", .body(#"{"client_id":"canary"}"#)),
            ("`client_id` a number", .body(#"{"client_id":17,"client_secret":"canary"}"#)),
            ("`client_secret` empty", .body(#"{"client_id":"canary","client_secret":""}"#)),
            ("`client_secret` with a line break", .body(#"{"client_id":"id","client_secret":"canary\n"}"#)),
            (
                "`client_id_issued_at` far off",
                .body(#"{"client_id":"id","client_secret":"s","client_id_issued_at":9e99}"#)
            ),
        ])

    private static func reply(_ token: String, type: String = #""bearer""#, expiresIn: String, more: String = "")
        -> Fault
    {
        .body(#"{"access_token":"\#(token)","token_type":\#(type),"expires_in":\#(expiresIn)\#(more)}"#)
    }

    private static let token = cases(
        .token,
        [
            ("`access_token` missing", .body(#"{"token_type":"bearer","expires_in":3600}"#)),
            ("`access_token` a number", .body(#"{"access_token":17,"token_type":"bearer","expires_in":3600}"#)),
            ("`access_token` with a line break", reply("canary\\n", expiresIn: "3600")),
            ("`access_token` of 8193 bytes", reply(String(repeating: "c", count: 8193), expiresIn: "3600")),
            ("`access_token` of 100 KiB", reply(String(repeating: "c", count: 102_400), expiresIn: "3600")),
            ("`token_type` missing", .body(#"{"access_token":"canary","expires_in":3600}"#)),
            ("`token_type` `mac`", reply("canary", type: #""mac""#, expiresIn: "3600")),
            ("`token_type` `BeArEr`", reply("canary", type: #""BeArEr""#, expiresIn: "3600")),
            ("`expires_in` missing", .body(#"{"access_token":"canary","token_type":"bearer"}"#)),
            ("`expires_in` 0", reply("canary", expiresIn: "0")),
            ("`expires_in` -1", reply("canary", expiresIn: "-1")),
            ("`expires_in` 3600.5", reply("canary", expiresIn: "3600.5")),
            ("`expires_in` `\"soon\"`", reply("canary", expiresIn: #""soon""#)),
            ("`expires_in` null", reply("canary", expiresIn: "null")),
            ("`expires_in` 1", reply("canary", expiresIn: "1")),
            ("`expires_in` `\"3600\"`", reply("canary", expiresIn: #""3600""#)),
            ("`expires_in` 1e18", reply("canary", expiresIn: "1e18")),
            ("`created_at` in seconds", reply("canary", expiresIn: "3600", more: #","created_at":1763980000"#)),
            ("`created_at` far off", reply("canary", expiresIn: "3600", more: #","created_at":-9e99"#)),
        ])
}
