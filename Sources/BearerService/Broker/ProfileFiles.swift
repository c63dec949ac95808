internal import BearerCore
internal import BearerState

/// What is kept of a profile on disk.
package struct ProfileFiles: Sendable {
    typealias Part = UnsavedFile.Part

    let directory: StateDirectory
    let key: CredentialKey

    init(_ directory: StateDirectory, key: CredentialKey) {
        self.directory = directory
        self.key = key
    }

    var credentials: CredentialStore { directory.credentials(for: key) }
    var ledger: RegistrationLedger { directory.ledger(for: key) }
}
