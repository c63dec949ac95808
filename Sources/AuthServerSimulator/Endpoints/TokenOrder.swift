/// A sound request to `POST /o/client/token`.
struct TokenOrder: Equatable {
    let clientID: String
    let clientSecret: String

    private static let headers = HeaderRules(mediaType: "application/x-www-form-urlencoded", allowsCharset: false)
    private static let names: Set = ["client_id", "client_secret", "grant_type"]

    init(_ request: SimulatorRequest) throws(Refusal) {
        try Self.headers.check(request)
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
