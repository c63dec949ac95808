extension CredentialSocketConfiguration.Failure {
    /// systemd's limit for the credentials of a unit.
    private static let largestCredential = 1 << 20

    /// What a unit gets on the credential socket instead of a token.
    var bytes: [UInt8] {
        switch self {
        case .fail: Array(repeating: 0, count: Self.largestCredential + 1)
        case .empty: []
        }
    }
}
