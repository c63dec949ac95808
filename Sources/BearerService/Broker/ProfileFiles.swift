internal import BearerCore
internal import BearerState

/// What is kept of a profile on disk.
package struct ProfileFiles: Sendable {
    enum Part: Sendable, Hashable {
        case credentials
        case history
    }

    let credentials: CredentialStore
    let ledger: RegistrationLedger

    init(_ directory: StateDirectory, key: CredentialKey) {
        credentials = directory.credentials(for: key)
        ledger = directory.ledger(for: key)
    }
}
