import BearerCore
import BearerUpstream
import TestSupport

@testable import BearerService

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
