internal import BearerCore
internal import Glibc

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

    /// With the brackets of an IPv6 address.
    var host: String {
        guard let end = authority.lastIndex(of: ":"), port != nil else { return authority }
        return String(authority[..<end])
    }

    var port: Int? {
        authority.lastIndex(of: ":").flatMap { UInt16(authority[authority.index(after: $0)...]) }.map(Int.init)
    }

    /// Whether the server is on this host, by its address or the name `localhost`.
    var isLoopback: Bool {
        var address = in_addr()
        if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
        return host == "localhost" || host == "[::1]"
    }

    /// What the documentation of both endpoints asks for, to the letter.
    fileprivate static let json = "application/json;charset=utf-8"

    var headerLines: [String] {
        [
            "Content-Type: \(endpoint.contentType)", "Accept: \(Self.json)", "X-Device-Info: \(deviceInfo)",
            "User-Agent: \(userAgent)",
        ]
    }
}

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
        case .register: OutgoingRequest.json
        case .token: "application/x-www-form-urlencoded"
        }
    }
}
