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
}
