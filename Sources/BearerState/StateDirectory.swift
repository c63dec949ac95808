package import BearerCore
internal import Glibc

/// The directory where client credentials are kept, `$STATE_DIRECTORY`: one directory per profile, locked against a
/// second daemon for as long as this object or a store of it lives.
///
/// Everything here blocks on the disk: call it from a thread of its own, one call at a time.
package final class StateDirectory: Sendable {
    package var path: String { directory.path }
    /// What was found and fixed at opening.
    package let warnings: [StateWarning]

    private let directory: Directory
    private let machineID: MachineID?

    private init(_ directory: Directory, warnings: [StateWarning], machineID: MachineID?) {
        self.directory = directory
        self.warnings = warnings
        self.machineID = machineID
    }

    /// Opens the directory, making it (0700, not its parents) when it is not there, locks it, and removes what
    /// writes that were cut short left behind.
    ///
    /// It must be ours. One that is open to others is closed rather than refused: mkdir and systemd's default make
    /// it 0755, and the files in it are 0600 of their own.
    package static func open(
        path: String, machineIDPath: String = MachineID.systemPath
    ) throws(StateError) -> StateDirectory {
        let directory = try openOrMake(path)
        try DirectoryLock.take(on: directory)
        var warnings: [StateWarning] = []
        if let mode = try directory.restrict() { warnings.append(.directoryWasOpen(path: path, mode: mode)) }
        sweep(directory)
        return StateDirectory(directory, warnings: warnings, machineID: MachineID.read(path: machineIDPath))
    }

    /// Uses the directory that ``path`` names now, and makes it when there is none: whoever has removed or replaced it under a
    /// running daemon has not meant what is in memory to be lost.
    package func followPath() throws(StateError) {
        guard directory.isReplaced else { return }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotCreate(path: path, errno: errno) }
        try directory.reopen { (descriptor) throws(StateError) in
            try DirectoryLock.take(descriptor, of: directory)
        }
        _ = try directory.restrict()
        directory.leaveHint(DirectoryLock.fileName, "\(getpid())\n")
    }

    /// The credentials of a profile for a server, of whichever statement, in the directory at `path`; none when it cannot
    /// be read. Changes nothing, and needs no lock: files are replaced as a whole.
    package static func credentials(
        at path: String, of profile: String, server: String
    ) -> [(path: String, credentials: StoredCredentials)] {
        guard let root = try? Directory.open(path: path), let directory = try? root.subdirectory(profile) else {
            return []
        }
        return CredentialStore.all(in: directory, of: profile, server: server).map {
            (directory.path(of: $0.name), $0.credentials)
        }
    }

    /// The client credentials of a profile, server and statement.
    package func credentials(for key: CredentialKey) -> CredentialStore {
        CredentialStore(root: directory, key: key, machineID: machineID)
    }

    /// The registration history of a profile, server and statement.
    package func history(for key: CredentialKey) -> RegistrationHistoryStore {
        RegistrationHistoryStore(root: directory, key: key)
    }

    /// What is remembered of the budget, which all profiles share.
    package var budget: BudgetFile { BudgetFile(directory: directory) }

    private static func openOrMake(_ path: String) throws(StateError) -> Directory {
        if let existing = try Directory.open(path: path) { return existing }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotCreate(path: path, errno: errno) }
        guard let made = try Directory.open(path: path) else { throw .cannotCreate(path: path, errno: ENOENT) }
        return made
    }

    /// No write is under way: we hold the lock and have handed out no store yet.
    private static func sweep(_ directory: Directory) {
        for name in directory.names() {
            guard let profile = try? directory.subdirectory(name) else { continue }
            for leftover in profile.names() where StateFile.isTemporary(leftover) {
                unlinkat(profile.descriptor, leftover, 0)
            }
        }
    }
}

/// One daemon per state directory.
///
/// The lock is flock(2) on the directory itself: it needs no file to be made, so it holds on a full and on a
/// read-only disk too, and nobody can delete it. The file `.lock` only tells the next one who holds it.
enum DirectoryLock {
    static let fileName = ".lock"

    /// Takes the lock for as long as `directory` is open. Does not wait.
    static func take(on directory: Directory) throws(StateError) {
        try take(directory.descriptor, of: directory)
        directory.leaveHint(fileName, "\(getpid())\n")
    }

    /// The same for another descriptor of it, or of what is at its path now.
    static func take(_ descriptor: Int32, of directory: Directory) throws(StateError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else {
                throw .unusableDirectory(path: directory.path, problem(of: errno))
            }
            let hint = readHint(openat(descriptor, fileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
            throw .locked(path: directory.path, pid: hint.flatMap { Int32($0.prefix { $0.isNumber }) })
        }
    }

    /// What the error number of flock(2) means. NFS turns it into a lock of a byte range, which
    /// needs a file that is open for writing.
    static func problem(of code: Int32) -> StateError.DirectoryProblem {
        [EBADF, ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL].contains(code) ? .noLocks(errno: code) : .failed(errno: code)
    }
}

/// What was left of the budget when it was last drawn on, so that quick restarts do not add up to a burst.
///
/// A hint: it is written without fsync, and one that cannot be read counts as none. One line: the calls that the bucket
/// held, the wall clock's seconds since 1970 and, while the server finds our calls too many, the seconds of the pause
/// before the next one and what is left of it.
package struct BudgetFile: Sendable {
    private static let name = ".budget"
    private let directory: Directory

    init(directory: Directory) {
        self.directory = directory
    }

    /// What was written last; `nil` when nothing is known.
    package func load() -> BudgetRecord? {
        guard let numbers = read(), numbers.count == 2 || numbers.count == 4 else { return nil }
        guard numbers[0] >= 0, numbers.allSatisfy({ $0.magnitude < 1e15 }) else { return nil }
        let seconds = (numbers + [0, 0]).map { Duration.seconds($0) }
        return BudgetRecord(level: numbers[0], writtenAt: seconds[1], pause: seconds[2], wait: seconds[3])
    }

    /// Blocks on the disk; failures are not reported.
    package func save(_ record: BudgetRecord) {
        let slowdown = record.pause > .zero ? " \(record.pause / .seconds(1)) \(record.wait / .seconds(1))" : ""
        let text = "\(record.level) \(record.writtenAt / .seconds(1))\(slowdown)\n"
        directory.leaveHint(Self.name, text)
    }

    private func read() -> [Double]? {
        let words = directory.hint(Self.name)?.split { $0 == " " || $0 == "\n" }
        let numbers = words?.compactMap { Double($0) }
        return numbers?.count == words?.count ? numbers : nil
    }
}
