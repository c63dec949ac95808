internal import BearerJSON
internal import NIOHTTP1

/// What a sound request asks for.
enum Order: Equatable {
    case register(RegistrationOrder)
    case token(TokenOrder)
    case example(bearer: String?)

    init(_ request: SimulatorRequest, to endpoint: Endpoint) throws(Refusal) {
        switch endpoint {
        case .register: self = .register(try RegistrationOrder(request))
        case .token: self = .token(try TokenOrder(request))
        case .example: self = .example(bearer: Self.bearer(in: request.head.headers))
        case .other: throw .malformed("path “\(request.path)”, which the documentation does not know")
        }
    }

    /// The client that asks, as far as the request says it.
    var clientID: String? {
        if case .token(let order) = self { order.clientID } else { nil }
    }

    /// RFC 6750 section 2.1.
    private static func bearer(in headers: HTTPHeaders) -> String? {
        guard let value = headers.first(name: "Authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }
}

/// A sound request to `POST /o/client/register`.
struct RegistrationOrder: Equatable {
    let statement: String
    let redirectURI: String?

    init(_ request: SimulatorRequest) throws(Refusal) {
        try HeaderRules.jsonBody.check(request)
        let body = try JSONObject(strictly: request.body, in: "the body")
        for key in body.keys where key != "software_statement" && key != "redirect_uri" {
            throw .malformed("the body has an unknown “\(key)”")
        }
        guard let statement = body["software_statement"]?.string else {
            throw .malformed("the body has no “software_statement” that is a string")
        }
        guard CompactJWS.isWellFormed(statement) else {
            throw Refusal(error: "invalid_software_statement", violation: "“software_statement” is not a compact JWS")
        }
        self.statement = statement
        redirectURI = try Self.redirectURI(in: body)
    }

    private static func redirectURI(in body: JSONObject) throws(Refusal) -> String? {
        guard let value = body["redirect_uri"] else { return nil }
        guard let uri = value.string else { throw .malformed("“redirect_uri” is not a string") }
        guard hasScheme(uri) else { throw .refused("invalid_redirect_uri") }
        return uri
    }

    /// An absolute URI: a scheme (RFC 3986 section 3.1), a colon and something more, nothing outside of printable ASCII.
    private static func hasScheme(_ uri: String) -> Bool {
        guard let colon = uri.firstIndex(of: ":"), uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return false
        }
        let scheme = uri[..<colon]
        return scheme.first?.isLetter == true && uri[colon...].count > 1
            && scheme.allSatisfy { $0.isLetter || $0.isNumber || "+-.".contains($0) }
    }
}

/// A sound request to `POST /o/client/token`.
struct TokenOrder: Equatable {
    let clientID: String
    let clientSecret: String

    private static let names: Set = ["client_id", "client_secret", "grant_type"]

    init(_ request: SimulatorRequest) throws(Refusal) {
        try HeaderRules.form.check(request)
        let fields = try FormBody.read(request.body)
        guard Self.names.isSuperset(of: fields.keys) else { throw .malformed("the body has an unknown name") }
        clientID = try Self.require("client_id", in: fields)
        clientSecret = try Self.require("client_secret", in: fields)
        guard try Self.require("grant_type", in: fields) == "client_credentials" else {
            throw Refusal(error: "unsupported_grant_type", violation: "“grant_type” is not client_credentials")
        }
    }

    private static func require(_ name: String, in fields: [String: String]) throws(Refusal) -> String {
        guard let value = fields[name], !value.isEmpty else { throw .malformed("the body has no “\(name)”") }
        return value
    }
}
