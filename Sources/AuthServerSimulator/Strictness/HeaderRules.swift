internal import BearerJSON
internal import NIOHTTP1

/// The rules for method, query and header fields that both of Adobe's endpoints share.
struct HeaderRules {
    /// The media type that the endpoint documents.
    let mediaType: String
    /// Whether `;charset=utf-8` may follow it.
    let allowsCharset: Bool

    func check(_ request: SimulatorRequest) throws(Refusal) {
        let head = request.head
        guard head.method == .POST else { throw .malformed("method \(head.method), expected POST") }
        guard head.version == .http1_1 else { throw .malformed("\(head.version), expected HTTP/1.1") }
        guard request.query == nil else { throw .malformed("a query in the URL, expected none") }
        try requireOne("Host", in: head.headers)
        try checkContentType(head.headers)
        try checkAccept(head.headers)
        guard !head.headers.contains(name: "Authorization") else {
            throw .malformed("Authorization, expected the credentials in the body alone")
        }
        if try optionalOne("User-Agent", in: head.headers)?.isEmpty == true { throw .malformed("an empty User-Agent") }
        try DeviceInfoRules.check(requireOne("X-Device-Info", in: head.headers))
        guard request.body.count <= SimulatorRequest.maximumBody else {
            throw .malformed("a body of more than \(SimulatorRequest.maximumBody) bytes")
        }
    }

    private func checkContentType(_ headers: HTTPHeaders) throws(Refusal) {
        let found = try requireOne("Content-Type", in: headers)
        guard isMediaType(found) else { throw .malformed("Content-Type “\(found)”, expected “\(mediaType)”") }
    }

    /// Optional; if sent, it must let JSON through.
    private func checkAccept(_ headers: HTTPHeaders) throws(Refusal) {
        let json = HeaderRules(mediaType: "application/json", allowsCharset: true)
        guard let found = try optionalOne("Accept", in: headers), found != "*/*", !json.isMediaType(found) else {
            return
        }
        throw .malformed("Accept “\(found)”, expected “application/json”")
    }

    private func isMediaType(_ value: String) -> Bool {
        let parts = value.lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.trimming(" \t") }
        guard parts.first == mediaType else { return false }
        return parts.count == 1 || (allowsCharset && parts.count == 2 && parts[1] == "charset=utf-8")
    }

    @discardableResult
    private func requireOne(_ name: String, in headers: HTTPHeaders) throws(Refusal) -> String {
        guard let value = try optionalOne(name, in: headers) else { throw .malformed("no \(name)") }
        return value
    }

    private func optionalOne(_ name: String, in headers: HTTPHeaders) throws(Refusal) -> String? {
        let values = headers[name]
        guard values.count <= 1 else { throw .malformed("\(name) \(values.count) times, expected once") }
        return values.first
    }
}

extension Substring {
    /// Without the characters of `set` at both ends.
    fileprivate func trimming(_ set: String) -> String {
        String(drop { set.contains($0) }.reversed().drop { set.contains($0) }.reversed())
    }
}

/// Why an endpoint says no.
struct Refusal: Error, Equatable {
    /// The documented `error`.
    let error: String
    /// What the request did against the documentation, without any value of it; nil when the request was sound and only
    /// its credentials, its statement or its redirect URI were not.
    let violation: String?

    /// A request that is not as documented.
    static func malformed(_ problem: String) -> Refusal {
        Refusal(error: "invalid_request", violation: problem)
    }

    /// A sound request that is turned down.
    static func refused(_ error: String) -> Refusal {
        Refusal(error: error, violation: nil)
    }
}

extension JSONObject {
    /// Reads `bytes`, which are `place` of a request: `the body`, `X-Device-Info`.
    init(strictly bytes: [UInt8], in place: String) throws(Refusal) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed("\(place) is not JSON: \(error)")
        }
        guard let object = value.object else { throw .malformed("\(place) is \(value.kind), expected a JSON object") }
        self = object
    }
}
