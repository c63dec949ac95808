import BearerConfiguration
import BearerCore
import BearerState
import BearerUpstream
import TestSupport
import Testing

@testable import BearerService

extension ResolvedProfile {
    /// A profile as a configuration would make it.
    static func sample(
        _ name: String = "default", server: String = "http://127.0.0.1:9", statement: String = Canary.statement,
        access: AccessPolicy? = nil, renewal: RenewalPolicy = RenewalPolicy(at: 0.5, jitter: 0)
    ) throws -> ResolvedProfile {
        let registration = ResolvedRegistration(
            statement: try SoftwareStatement(cleaning: Secret(statement)), redirectURI: "adobepass://com.programmer")
        return ResolvedProfile(
            name: name, server: server, client: .registration(registration), deviceInfo: DeviceInfo().headerValue,
            userAgent: nil, renewal: renewal, access: access)
    }

    /// The same profile, given these client credentials.
    func given(
        _ credentials: ClientCredentials, from source: SecretSource = .file("/etc/client.json")
    ) -> ResolvedProfile {
        var profile = self
        profile.client = .given(GivenCredentials(credentials, from: source))
        return profile
    }

    /// Changes what the profile registers with.
    mutating func register(_ change: (inout ResolvedRegistration) throws -> Void) throws {
        var registration = try #require(registration)
        try change(&registration)
        client = .registration(registration)
    }

    /// What its stored credentials belong to.
    var storedKey: CredentialKey {
        get throws { try #require(key) }
    }
}
