/// The environments of Adobe Pass Authentication.
package enum ServerEnvironment: String, Sendable, CaseIterable {
    case production
    case prequalification
    case staging
    case prequalificationStaging = "prequalification-staging"

    /// The base URL, without a slash at its end.
    package var server: String {
        switch self {
        case .production: "https://sp.auth.adobe.com"
        case .prequalification: "https://sp-prequal.auth.adobe.com"
        case .staging: "https://sp.auth-staging.adobe.com"
        case .prequalificationStaging: "https://sp-prequal.auth-staging.adobe.com"
        }
    }
}
