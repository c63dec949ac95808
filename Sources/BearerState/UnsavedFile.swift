package import BearerCore

/// What a file of a profile should hold and the disk has not taken yet, in that file's own format.
package struct UnsavedFile: Sendable, Equatable {
    /// The files that are kept of a profile.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case credentials
        case history
    }

    package enum Contents: Sendable, Equatable {
        case credentials(StoredCredentials)
        case history(RegistrationRecord)
    }

    /// Whose it is.
    package let key: CredentialKey
    package let contents: Contents

    package init(key: CredentialKey, contents: Contents) {
        self.key = key
        self.contents = contents
    }

    /// Reads what ``encoded()`` made.
    ///
    /// - Throws: what makes it unusable: damage, or a profile that cannot exist.
    package init(_ part: Part, _ bytes: Secret) throws(StateError.FileProblem) {
        key = try CredentialKey(of: bytes)
        contents =
            switch part {
            case .credentials: .credentials(try CredentialRecord(bytes, of: key).stored)
            case .history: .history(try RegistrationHistoryCoding.read(bytes, of: key))
            }
    }

    package var part: Part {
        switch contents {
        case .credentials: .credentials
        case .history: .history
        }
    }

    /// The bytes, to be wiped.
    package func encoded() -> [UInt8] {
        switch contents {
        case .credentials(let stored): CredentialRecord(stored, machineID: nil).encoded(for: key)
        case .history(let record): RegistrationHistoryCoding.encoded(record, for: key)
        }
    }

    /// Writes it to its place, durably. Blocks on the disk.
    package func save(in directory: StateDirectory) throws(StateError) {
        switch contents {
        case .credentials(let stored): try directory.credentials(for: key).save(stored)
        case .history(let record): try directory.history(for: key).save(record)
        }
    }
}
