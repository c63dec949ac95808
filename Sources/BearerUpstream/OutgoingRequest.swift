package import BearerCore
internal import BearerJSON
internal import Glibc

/// A request for client credentials; RFC 7591 section 3.1.1.
package struct RegistrationRequest: Sendable {
    /// The server's base URL; the endpoint's path is appended.
    package var server: String
    /// The software statement: a compact JWS.
    package var statement: Secret
    package var redirectURI: String?
    /// The value of `X-Device-Info`, see ``DeviceInfo``.
    package var deviceInfo: String
    /// Instead of `bearerd/<version>`.
    package var userAgent: String?

    package init(
        server: String, statement: Secret, redirectURI: String? = nil, deviceInfo: String, userAgent: String? = nil
    ) {
        self.server = server
        self.statement = statement
        self.redirectURI = redirectURI
        self.deviceInfo = deviceInfo
        self.userAgent = userAgent
    }

    func outgoing(defaultUserAgent: String) -> OutgoingRequest {
        OutgoingRequest(
            server: server, endpoint: .register, deviceInfo: deviceInfo, userAgent: userAgent ?? defaultUserAgent,
            body: body)
    }

    /// Written into a room that is large enough from the start: one that grows would leave copies behind.
    private var body: Secret {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * statement.count + 6 * (redirectURI?.utf8.count ?? 0) + 64)
        bytes.appendJSON { json in
            json.object { json in
                json.key("software_statement")
                statement.withBytes { json.string(utf8: $0) }
                if let redirectURI { json.member("redirect_uri", redirectURI) }
            }
        }
        return Secret(wiping: &bytes)
    }
}

/// A request for an access token with the client credentials; RFC 6749 section 4.4.2.
package struct TokenGrantRequest: Sendable {
    /// The server's base URL; the endpoint's path is appended.
    package var server: String
    package var credentials: ClientCredentials
    /// The value of `X-Device-Info`, see ``DeviceInfo``.
    package var deviceInfo: String
    /// Instead of `bearerd/<version>`.
    package var userAgent: String?

    package init(server: String, credentials: ClientCredentials, deviceInfo: String, userAgent: String? = nil) {
        self.server = server
        self.credentials = credentials
        self.deviceInfo = deviceInfo
        self.userAgent = userAgent
    }

    func outgoing(defaultUserAgent: String) -> OutgoingRequest {
        OutgoingRequest(
            server: server, endpoint: .token, deviceInfo: deviceInfo, userAgent: userAgent ?? defaultUserAgent,
            body: body)
    }

    /// Written into a room that is large enough from the start: one that grows would leave copies behind.
    private var body: Secret {
        var form = FormEncoding(reserving: 3 * (credentials.clientID.utf8.count + credentials.clientSecret.count) + 64)
        form.append("client_id", credentials.clientID.utf8)
        credentials.clientSecret.withBytes { form.append("client_secret", $0) }
        form.append("grant_type", "client_credentials".utf8)
        return Secret(wiping: &form.bytes)
    }
}

/// `application/x-www-form-urlencoded`; RFC 6749 appendix B and the URL standard's serializer.
struct FormEncoding {
    var bytes: [UInt8] = []

    init(reserving count: Int = 0) {
        bytes.reserveCapacity(count)
    }

    /// Appends a field. The name is written as it is.
    mutating func append(_ name: StaticString, _ value: some Sequence<UInt8>) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "="))
        for byte in value { append(byte) }
    }

    private mutating func append(_ byte: UInt8) {
        switch byte {
        case _ where ASCII.isLetter(byte) || ASCII.isDigit(byte) || "*-._".utf8.contains(byte):
            bytes.append(byte)
        case UInt8(ascii: " "):
            bytes.append(UInt8(ascii: "+"))
        default:
            bytes.append(UInt8(ascii: "%"))
            bytes.append(Self.digit(byte >> 4))
            bytes.append(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}

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
