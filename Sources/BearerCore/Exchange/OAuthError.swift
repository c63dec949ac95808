/// The `error` codes that the authorization server documents for its two endpoints.
///
/// RFC 6749 section 5.2, RFC 7591 section 3.2.2 and Adobe's pages of both endpoints.
package enum OAuthError: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case unauthorizedClient = "unauthorized_client"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidRedirectURI = "invalid_redirect_uri"
    case invalidSoftwareStatement = "invalid_software_statement"
    case unapprovedSoftwareStatement = "unapproved_software_statement"
}
