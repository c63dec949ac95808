import BearerCore
import BearerLoop
import BearerUpstream

@testable import BearerService

/// Secrets that are searched for wherever nothing secret may be.
enum Canary {
    static let statement = "canarystatement.Y2FuYXJ5.c2lnbmF0dXJl"
    static let token = "canary-token-in-memory"
}

extension ResolvedProfile {
    /// A profile as a configuration would make it.
    static func sample(
        _ name: String = "default", server: String = "http://127.0.0.1:9", statement: String = Canary.statement,
        access: AccessPolicy? = nil, renewal: RenewalPolicy = RenewalPolicy(at: 0.5, jitter: 0)
    ) throws -> ResolvedProfile {
        ResolvedProfile(
            name: name, server: server, statement: try SoftwareStatement(cleaning: Secret(statement)),
            redirectURI: "adobepass://com.programmer", deviceInfo: DeviceInfo().headerValue, userAgent: nil,
            renewal: renewal, reregister: .automatic, access: access)
    }
}

extension AccessToken {
    static func sample(
        _ value: String = Canary.token, lasting lifetime: Duration = .seconds(3600), generation: UInt64 = 1,
        since moment: ClockReading = SystemClock.now()
    ) -> AccessToken {
        AccessToken(
            grant: TokenGrant(value: Secret(value), lifetime: lifetime), generation: generation, requestedAt: moment)
    }
}

extension Secret {
    /// The bytes as text, for tests only.
    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
