package import BearerCore
internal import BearerJSON

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
        server: String,
        statement: Secret,
        redirectURI: String? = nil,
        deviceInfo: String,
        userAgent: String? = nil
    ) {
        self.server = server
        self.statement = statement
        self.redirectURI = redirectURI
        self.deviceInfo = deviceInfo
        self.userAgent = userAgent
    }

    func outgoing(defaultUserAgent: String) -> OutgoingRequest {
        OutgoingRequest(
            server: server,
            endpoint: .register,
            deviceInfo: deviceInfo,
            userAgent: userAgent ?? defaultUserAgent,
            body: body
        )
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
