/// A request as text, sound until a test changes it.
struct WireRequest: Sendable {
    var method = "POST"
    var target: String
    var version = "HTTP/1.1"
    var headers: [(name: String, value: String)]
    var body: String
    /// Nil states the body's true length.
    var contentLength: Int?

    static let statement = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6InRlc3QifQ.c2lnbmF0dXJl"

    /// `{"model":"m","version":"1","osName":"Linux","osVersion":"6","connectionType":"LAN"}`
    static let deviceInfo =
        "eyJtb2RlbCI6Im0iLCJ2ZXJzaW9uIjoiMSIsIm9zTmFtZSI6IkxpbnV4Iiwib3NWZXJzaW9uIjoiNiIsImNvbm5lY3Rpb25UeXBlIjoiTEFOIn0="

    /// What the documentation of both endpoints asks for.
    static let json = "application/json;charset=utf-8"

    static func register(statement: String = statement) -> WireRequest {
        WireRequest(
            target: "/o/client/register",
            headers: [
                ("Host", "127.0.0.1"), ("Content-Type", json), ("Accept", json),
                ("X-Device-Info", deviceInfo), ("User-Agent", "tests"),
            ],
            body: #"{"software_statement":"\#(statement)","redirect_uri":"adobepass://com.programmer"}"#)
    }

    static func token(_ id: String = "id", _ secret: String = "secret") -> WireRequest {
        WireRequest(
            target: "/o/client/token",
            headers: [
                ("Host", "127.0.0.1"), ("Content-Type", "application/x-www-form-urlencoded"),
                ("X-Device-Info", deviceInfo),
            ],
            body: "client_id=\(id)&client_secret=\(secret)&grant_type=client_credentials")
    }

    static func get(_ target: String, bearer: String? = nil) -> WireRequest {
        let authorization = bearer.map { [("Authorization", "Bearer \($0)")] } ?? []
        return WireRequest(method: "GET", target: target, headers: [("Host", "127.0.0.1")] + authorization, body: "")
    }

    static func post(_ target: String, _ body: String) -> WireRequest {
        WireRequest(target: target, headers: [("Host", "127.0.0.1")], body: body)
    }

    subscript(header: String) -> String? {
        get { headers.first { $0.name == header }?.value }
        set {
            headers.removeAll { $0.name == header }
            if let newValue { headers.append((header, newValue)) }
        }
    }

    var text: String {
        var lines = ["\(method) \(target) \(version)"]
        lines += headers.map { "\($0.name): \($0.value)" }
        lines.append("Content-Length: \(contentLength ?? body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
