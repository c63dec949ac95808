internal import BearerJSON

/// A sound request to `POST /o/client/register`.
struct RegistrationOrder: Equatable {
    let statement: String
    let redirectURI: String?

    private static let headers = HeaderRules(mediaType: "application/json", allowsCharset: true)

    init(_ request: SimulatorRequest) throws(Refusal) {
        try Self.headers.check(request)
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
