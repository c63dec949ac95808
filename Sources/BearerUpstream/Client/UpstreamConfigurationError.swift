/// Why a client could not be made from its configuration. Found before any request is sent.
package enum UpstreamConfigurationError: Error, Sendable, Equatable {
    /// The file of certificate authorities cannot be read; `reason` is the system's.
    case unreadableAuthorities(path: String, reason: String)
    /// The file was read and holds no certificate, or one that cannot be parsed.
    case noCertificates(path: String)
}

extension UpstreamConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadableAuthorities(let path, let reason):
            "\(path): cannot be read (\(reason)); expected a PEM file of certificate authorities"
        case .noCertificates(let path):
            "\(path): holds no certificate that can be read; expected a PEM file of certificate authorities"
        }
    }
}
