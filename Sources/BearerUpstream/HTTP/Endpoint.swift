/// The two endpoints of dynamic client registration.
enum Endpoint: Sendable {
    case register
    case token

    var path: String {
        switch self {
        case .register: "/o/client/register"
        case .token: "/o/client/token"
        }
    }

    var contentType: String {
        switch self {
        case .register: "application/json"
        case .token: "application/x-www-form-urlencoded"
        }
    }
}
