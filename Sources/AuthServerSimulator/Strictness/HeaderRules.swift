internal import BearerJSON
internal import NIOHTTP1

/// The rules for method, query and header fields that both of Adobe's endpoints share.
struct HeaderRules {
    /// The `Content-Type` that the endpoint documents.
    let contentType: String

    private static let json = "application/json;charset=utf-8"

    /// Of `POST /o/client/register`.
    static let jsonBody = HeaderRules(contentType: json)
    /// Of `POST /o/client/token`.
    static let form = HeaderRules(contentType: "application/x-www-form-urlencoded")

    func check(_ request: SimulatorRequest) throws(Refusal) {
        let head = request.head
        guard head.method == .POST else { throw .malformed("method \(head.method), expected POST") }
        guard head.version == .http1_1 else { throw .malformed("\(head.version), expected HTTP/1.1") }
        guard request.query == nil else { throw .malformed("a query in the URL, expected none") }
        try requireOne("Host", in: head.headers)
        try checkMediaType(of: "Content-Type", requireOne("Content-Type", in: head.headers), contentType, request)
        if let accept = try optionalOne("Accept", in: head.headers) {
            try checkMediaType(of: "Accept", accept, Self.json, request)
        }
        guard !head.headers.contains(name: "Authorization") else {
            throw .malformed("Authorization, expected the credentials in the body alone")
        }
        if try optionalOne("User-Agent", in: head.headers)?.isEmpty == true { throw .malformed("an empty User-Agent") }
        try DeviceInfoRules.check(requireOne("X-Device-Info", in: head.headers))
        guard request.body.count <= SimulatorRequest.maximumBody else {
            throw .malformed("a body of more than \(SimulatorRequest.maximumBody) bytes")
        }
    }

    /// The documentation says since August 2025 that the character set is named; its samples still leave it out.
    private func checkMediaType(
        of header: String, _ found: String, _ expected: String, _ request: SimulatorRequest
    ) throws(Refusal) {
        let value = found.lowercased().filter { $0 != " " && $0 != "\t" }
        if value == expected { return }
        if request.allowsOlderMediaType, expected == Self.json, value == "application/json" { return }
        throw .malformed("\(header) “\(found)”, expected “\(expected)”")
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
