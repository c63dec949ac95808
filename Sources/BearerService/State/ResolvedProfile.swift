package import BearerCore
internal import BearerState
internal import BearerUpstream

/// A profile's configuration, resolved: names are numbers, the statement is read, the device is described.
package struct ResolvedProfile: Sendable {
    package let name: String
    /// Base URL of the authorization server.
    package var server: String
    package var statement: SoftwareStatement
    package var redirectURI: String?
    /// The value of `X-Device-Info`.
    package var deviceInfo: String
    package var userAgent: String?
    package var renewal: RenewalPolicy
    package var reregister: Reregistration
    /// The registration should have these.
    package var expectedScopes: [String]
    /// `nil`: whoever can open the socket.
    package var access: AccessPolicy?

    package init(
        name: String, server: String, statement: SoftwareStatement, redirectURI: String?, deviceInfo: String,
        userAgent: String?, renewal: RenewalPolicy, reregister: Reregistration, expectedScopes: [String] = [],
        access: AccessPolicy?
    ) {
        self.name = name
        self.server = server
        self.statement = statement
        self.redirectURI = redirectURI
        self.deviceInfo = deviceInfo
        self.userAgent = userAgent
        self.renewal = renewal
        self.reregister = reregister
        self.expectedScopes = expectedScopes
        self.access = access
    }

    /// What the profile's stored credentials belong to.
    var key: CredentialKey { CredentialKey(profile: name, server: server, statement: statement) }

    var registrationRequest: RegistrationRequest {
        RegistrationRequest(
            server: server, statement: statement.secret, redirectURI: redirectURI, deviceInfo: deviceInfo,
            userAgent: userAgent)
    }

    func tokenRequest(_ credentials: ClientCredentials) -> TokenGrantRequest {
        TokenGrantRequest(
            server: server, credentials: credentials, deviceInfo: deviceInfo, userAgent: userAgent)
    }
}
