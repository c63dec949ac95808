internal import BearerCore
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
            .replace(with: bytes, keepingAsideAs: "\(fileName).retired-\(stored.registeredAt)")
            .map(directory.path(of:))
    }

    private var fileName: String { "client-\(key.fileIdentifier).json" }
}
