/// What a call was addressed to.
package enum Endpoint: String, Sendable, CaseIterable {
    /// `POST /o/client/register`
    case register
    /// `POST /o/client/token`
    case token
    /// `GET /api/v2/example`, an API that a token protects.
    case example
    /// Any other path, and what is not HTTP.
    case other

    /// Adobe's path; nil for ``other``.
    package var path: String? {
        switch self {
        case .register: "/o/client/register"
        case .token: "/o/client/token"
        case .example: "/api/v2/example"
        case .other: nil
        }
    }

    init(path: String) {
        self = Self.allCases.first { $0.path == path } ?? .other
    }
}
