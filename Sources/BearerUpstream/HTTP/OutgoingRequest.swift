internal import AsyncHTTPClient
internal import BearerCore
internal import NIOHTTP1

/// A POST to one of the two endpoints. What is secret in it is in the body, never in the URL.
struct OutgoingRequest: Sendable {
    let server: String
    let endpoint: Endpoint
    let deviceInfo: String
    let userAgent: String
    let body: Secret

    var url: String {
        (server.hasSuffix("/") ? String(server.dropLast()) : server) + endpoint.path
    }

    /// `host` or `host:port` of the server, for messages.
    var authority: String {
        let afterScheme = server.split(separator: "//", maxSplits: 1).last ?? ""
        return String(afterScheme.prefix { $0 != "/" && $0 != "?" })
    }

    private var headers: HTTPHeaders {
        [
            "Content-Type": endpoint.contentType,
            "Accept": "application/json",
            "X-Device-Info": deviceInfo,
            "User-Agent": userAgent,
        ]
    }

    /// The request for the HTTP client; `progress` learns when it goes out.
    func httpRequest(_ progress: ExchangeProgress) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = headers
        request.body = .stream(RequestBody(content: body, progress: progress), length: .known(Int64(body.count)))
        return request
    }
}
