internal import BearerConfiguration

extension CredentialSocketConfiguration.Failure {
    /// systemd's limit for the credentials of a unit.
    private static let largestCredential = 1 << 20

    /// One block for everybody: a host may refuse many units at once.
    private static let tooMany = [UInt8](repeating: 0, count: largestCredential + 1)

    /// What a unit gets on the credential socket instead of a token.
    var bytes: [UInt8] {
        switch self {
        case .fail: Self.tooMany
        case .empty: []
        }
    }
}
