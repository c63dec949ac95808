package import BearerCore
internal import BearerJSON
internal import Glibc

/// The client credentials of one profile for one server and statement: one file, 0600, replaced as a whole.
///
/// A file that is damaged, not ours or for something else is an error and never touched: losing credentials signs
/// every viewer out. Everything here blocks on the disk; one call at a time.
package struct CredentialStore: Sendable {
    private let root: Directory
    private let key: CredentialKey
    private let machineID: MachineID?

    init(root: Directory, key: CredentialKey, machineID: MachineID?) {
        self.root = root
        self.key = key
        self.machineID = machineID
    }

    /// Where the file is, for messages.
    package var path: String { "\(root.path)/\(key.profile)/\(fileName)" }

    /// Whether there is no such file; false when that cannot be told.
    package var isMissing: Bool {
        var status = stat()
        return fstatat(root.descriptor, "\(key.profile)/\(fileName)", &status, AT_SYMLINK_NOFOLLOW) != 0
            && errno == ENOENT
    }

    package func load() throws(StateError) -> LoadedCredentials {
        guard let directory = try root.subdirectory(key.profile) else { return .absent }
        var warnings: [StateWarning] = []
        if let mode = try directory.restrict() {
            warnings.append(.directoryWasOpen(path: directory.path, mode: mode))
        }
        guard let file = try StateFile.read(fileName, in: directory) else { return .absent }
        if let mode = file.openMode { warnings.append(.fileWasOpen(path: path, mode: mode)) }
        do {
            let record = try CredentialRecord(file.contents, of: key)
            if let writer = record.machineID, let machineID, writer != machineID {
                warnings.append(.otherMachine(path: path))
            }
            return .present(record.stored, warnings: warnings)
        } catch {
            throw .unusableFile(path: path, error)
        }
    }

    /// Writes the credentials durably. Those that were there before stay beside them, as `….retired-<registeredAt of
    /// the new ones>`; the path of that file is returned.
    @discardableResult
    package func save(_ stored: StoredCredentials) throws(StateError) -> String? {
        let directory = try root.makeSubdirectory(key.profile)
        var bytes = CredentialRecord(stored, machineID: machineID).encoded(for: key)
        defer { Secret.wipe(&bytes) }
        return try DurableWrite(name: fileName, directory: directory)
            .replace(with: bytes, archivingAs: "\(fileName).retired-\(stored.registeredAt)")
            .map(directory.path(of:))
    }

    /// Credentials of the profile for something else; of several, those for the same server before others, and the newest
    /// of them. `nil` when there are none that can be read.
    ///
    /// - Parameter time: when those for this were registered, seconds since 1970: only newer ones count. `nil`: all count.
    package func others(newerThan time: Int64?) -> OtherCredentials? {
        guard let directory = try? root.subdirectory(key.profile) else { return nil }
        let others = Self.all(in: directory, of: key.profile, server: nil).filter {
            $0.name != fileName && $0.credentials.registeredAt > time ?? .min
        }
        let same = others.filter { $0.server == key.server }
        return (same.isEmpty ? others : same).max { $0.credentials.registeredAt < $1.credentials.registeredAt }.map {
            OtherCredentials(path: directory.path(of: $0.name), server: $0.server)
        }
    }

    /// The credentials of a profile for a server, of whichever statement; without a server, for all of them.
    static func all(
        in directory: Directory, of profile: String, server: String?
    ) -> [(name: String, server: String, credentials: StoredCredentials)] {
        directory.names().sorted().compactMap { name in
            guard name.hasPrefix("client-"), name.hasSuffix(".json"),
                let file = try? StateFile.read(name, in: directory),
                let key = try? CredentialKey(of: file.contents), key.profile == profile,
                server == nil || key.server == server,
                let record = try? CredentialRecord(file.contents, of: key)
            else { return nil }
            return (name, key.server, record.stored)
        }
    }

    private var fileName: String { "client-\(key.fileIdentifier).json" }
}

/// Client credentials as they are kept.
package struct StoredCredentials: Sendable, Equatable {
    package let credentials: ClientCredentials
    /// When we registered, by our clock: seconds since 1970.
    package let registeredAt: Int64

    package init(credentials: ClientCredentials, registeredAt: Int64) {
        self.credentials = credentials
        self.registeredAt = registeredAt
    }
}

/// Client credentials of a profile for another software statement or server.
package struct OtherCredentials: Sendable, Equatable {
    package let path: String
    /// The base URL that they are for.
    package let server: String
}

/// What a look at the store finds.
package enum LoadedCredentials: Sendable, Equatable {
    case absent
    case present(StoredCredentials, warnings: [StateWarning])
}

/// Stored credentials as a file.
struct CredentialRecord {
    let stored: StoredCredentials
    /// Of the machine that registered, if it had one.
    let machineID: MachineID?

    /// The field that must not become a `String`.
    static let secretField = Field.clientSecret

    private enum Field {
        static let clientID = "client_id"
        static let clientSecret = "client_secret"
        static let issuedAt = "client_id_issued_at"
        static let scopes = "scopes"
        static let registeredAt = "registered_at"
        static let machineID = "machine_id_sha256"
    }

    init(_ stored: StoredCredentials, machineID: MachineID?) {
        self.stored = stored
        self.machineID = machineID
    }

    init(_ contents: Secret, of key: CredentialKey) throws(StateError.FileProblem) {
        let record = try Record(contents, secretFields: [Self.secretField])
        try record.check(belongsTo: key)
        let credentials = ClientCredentials(
            clientID: try record.string(Field.clientID),
            clientSecret: try record.secret(Field.clientSecret),
            issuedAt: try record.optional(Field.issuedAt, record.integer),
            scopes: try record.optional(Field.scopes, record.strings))
        stored = StoredCredentials(credentials: credentials, registeredAt: try record.integer(Field.registeredAt))
        machineID = try record.optional(Field.machineID, record.string).map(MachineID.init(hash:))
    }

    /// The bytes of the file, to be wiped.
    func encoded(for key: CredentialKey) -> [UInt8] {
        let credentials = stored.credentials
        // An escape takes six bytes at most, and the server's name and the rest fit beside it.
        let scopes = credentials.scopes?.reduce(0) { $0 + $1.utf8.count + 8 } ?? 0
        let capacity = 6 * (credentials.clientSecret.count + credentials.clientID.utf8.count + scopes) + 4_096
        return Record.encoded(for: key, capacity: capacity) { writer in
            writer.member(Field.clientID, credentials.clientID)
            writer.key(Field.clientSecret)
            credentials.clientSecret.withBytes { writer.string(utf8: $0) }
            if let issuedAt = credentials.issuedAt { writer.member(Field.issuedAt, issuedAt) }
            if let scopes = credentials.scopes { writer.member(Field.scopes, .array(scopes.map { .string($0) })) }
            writer.member(Field.registeredAt, stored.registeredAt)
            if let machineID { writer.member(Field.machineID, machineID.hash) }
        }
    }
}
