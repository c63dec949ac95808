package import BearerCore

/// A request for an access token with the client credentials; RFC 6749 section 4.4.2.
package struct TokenRequest: Sendable {
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
            server: server,
            endpoint: .token,
            deviceInfo: deviceInfo,
            userAgent: userAgent ?? defaultUserAgent,
            body: body
        )
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
