internal import BearerJSON
internal import NIOHTTP1

/// A complete HTTP reply.
struct HTTPReply: Equatable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(status: Int, contentType: String, text: String) {
        self.init(status: status, headers: ["Content-Type": contentType], body: Array(text.utf8))
    }

    /// The status line and the header fields, with the empty line. `length` is what Content-Length says.
    func head(length: Int, keepAlive: Bool) -> [UInt8] {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var lines = ["HTTP/1.1 \(status) \(reason)"]
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        lines.append("Content-Length: \(length)")
        if !keepAlive { lines.append("Connection: close") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    func bytes(keepAlive: Bool) -> [UInt8] {
        head(length: body.count, keepAlive: keepAlive) + body
    }

    func steps(keepAlive: Bool) -> [DeliveryStep] {
        [.send(bytes(keepAlive: keepAlive))] + (keepAlive ? [] : [.close])
    }

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
