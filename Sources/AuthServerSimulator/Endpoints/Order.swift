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
