internal import BearerJSON

extension HTTPReply {
    /// A JSON object as Adobe sends it, not to be cached (RFC 6749 section 5.1).
    static func json(status: Int, _ members: (inout JSONWriter) -> Void) -> HTTPReply {
        var writer = JSONWriter()
        writer.object(members)
        return HTTPReply(
            status: status,
            headers: ["Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-store"],
            body: writer.bytes)
    }

    /// RFC 6749 section 5.2 and RFC 7591 section 3.2.2: 400 and nothing but the code, as Adobe does it.
    static func error(_ code: String) -> HTTPReply {
        .json(status: 400) { $0.member("error", code) }
    }

    /// What the throttle answers: HTML, not JSON, and no Retry-After.
    static let throttled = HTTPReply(
        status: 429,
        contentType: "text/html",
        text: """
            <html><head><title>429 Too Many Requests</title></head>
            <body><center><h1>429 Too Many Requests</h1></center></body></html>

            """)
}
