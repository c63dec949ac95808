package import BearerCore
package import BearerSystemd

/// What the disk has not taken yet, in sealed memfds in systemd's file descriptor store, so that a restart loses nothing.
package struct UnsavedStore: Sendable {
    /// A file in the store.
    package struct Entry: Sendable, Equatable {
        package let file: UnsavedFile
        /// The newer one has the larger number.
        package let number: UInt64

        package init(file: UnsavedFile, number: UInt64) {
            self.file = file
            self.number = number
        }
    }

    private let files: SealedFiles

    package init(_ files: SealedFiles) {
        self.files = files
    }

    /// Keeps a file, then lets go of the one before it.
    ///
    /// - Returns: whether it was handed to systemd; if not, the one before it stays.
    package func keep(_ entry: Entry, replacing old: Entry?) -> Bool {
        files.keep(entry, replacing: old?.name)
    }

    package func forget(_ entry: Entry) {
        files.remove(entry.name)
    }

    /// Waits until systemd has been told of everything; bounded, at most a second.
    package func flush() {
        files.flush()
    }

    /// Whether a descriptor's name is one of ours.
    package static func isName(_ name: String) -> Bool { name.hasPrefix(Entry.prefix) }

    /// Takes back what systemd kept: the newest of each file. What cannot be used is removed from the store, and `onDrop` is
    /// told its name and why. All descriptors are closed.
    package func takeBack(_ descriptors: [ListenDescriptor], onDrop: (String, StoredTokenError) -> Void) -> [Entry] {
        files.takeBack(descriptors) { (name, _: Entry?, problem) in
            onDrop(name, problem)
        } read: { (name, body) throws(StoredTokenError) in
            try Entry(name, body)
        }
    }
}

extension UnsavedStore.Entry: SealedEntry {
    fileprivate static let prefix = "unsaved-"
    /// Beyond what any life comes to, and far from what counting on would overflow.
    private static let maximumNumber = UInt64(1) << 53

    /// `unsaved-<part>-<profile>-<number>`.
    var name: String { "\(Self.prefix)\(file.part.rawValue)-\(file.key.profile)-\(number)" }

    var place: String { "\(file.part) \(file.key.profile) \(file.key.fileIdentifier)" }

    func encoded() -> [UInt8] { file.encoded() }

    fileprivate init(_ name: String, _ body: Secret) throws(StoredTokenError) {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 4, let part = UnsavedFile.Part(rawValue: String(words[1])),
            let number = words.last.flatMap({ UInt64($0) }), number < Self.maximumNumber
        else { throw .damaged }
        do {
            self.init(file: try UnsavedFile(part, body), number: number)
        } catch {
            throw StoredTokenError(error)
        }
    }
}

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
        try directory.followPath()
        switch contents {
        case .credentials(let stored): try directory.credentials(for: key).save(stored)
        case .history(let record): try directory.history(for: key).save(record)
        }
    }
}
