internal import CLinux
internal import Glibc

/// An open directory of ours. What is in it is reached through the descriptor, never by path, so that a user who
/// moves directories cannot redirect us.
final class Directory: Sendable {
    /// For messages.
    let path: String
    let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        // A child that is between fork and exec would otherwise hold the lock a little longer.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    func path(of name: String) -> String { "\(path)/\(name)" }

    /// Opens the directory at `path`, which may be a symbolic link: with `DynamicUser=` systemd makes it one.
    static func open(path: String) throws(StateError) -> Directory? {
        try adopt(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path: path)
    }

    /// Whether `path` names another one by now, or nothing. One that is removed and mounted there still is not replaced.
    var isReplaced: Bool {
        var (here, there) = (stat(), stat())
        guard stat(path, &there) == 0 else { return errno == ENOENT }
        return fstat(descriptor, &here) == 0 && (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
    }

    /// Becomes the directory that `path` names now, once `prepare` has accepted its descriptor.
    func reopen(_ prepare: (Int32) throws(StateError) -> Void) throws(StateError) {
        let new = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard new >= 0 else { throw .unusableDirectory(path: path, .failed(errno: errno)) }
        // Not by a second object: its end would give the lock up, which both descriptors share.
        defer { close(new) }
        try Self.checkOwner(of: new, path: path)
        try prepare(new)
        guard clinux_replace_descriptor(descriptor, new) == 0 else {
            throw .unusableDirectory(path: path, .failed(errno: errno))
        }
    }

    /// Opens a directory in this one, no symbolic link; `nil` when there is none.
    func subdirectory(_ name: String) throws(StateError) -> Directory? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        return try Self.adopt(openat(descriptor, name, flags), path: path(of: name))
    }

    /// The same, but makes it, 0700, when there is none.
    func makeSubdirectory(_ name: String) throws(StateError) -> Directory {
        if let existing = try subdirectory(name) { return existing }
        guard mkdirat(descriptor, name, 0o700) == 0 else {
            throw .notWritten(path: path(of: name), step: .create, errno: errno)
        }
        try synchronize()
        guard let made = try subdirectory(name) else {
            throw .notWritten(path: path(of: name), step: .create, errno: ENOENT)
        }
        return made
    }

    /// Makes the entries durable, fsync(2).
    func synchronize() throws(StateError) {
        guard fsync(descriptor) == 0 else {
            throw .notWritten(path: path, step: .synchronizeDirectory, errno: errno)
        }
    }

    /// The names in it, without `.` and `..`, in no order; none when it cannot be read.
    func names() -> [String] {
        let descriptor = openat(self.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// What a small file says that is only a hint; nil when there is none, or it cannot be read.
    func hint(_ name: String) -> String? {
        readHint(openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
    }

    /// Writes that file, mode 0600, without fsync; failures are not reported.
    func leaveHint(_ name: String, _ text: String) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let file = openat(descriptor, name, flags, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let count = write(file, text, text.utf8.count)
        ftruncate(file, max(0, count))
    }

    /// Closes group and others out; returns the mode before when that was necessary. It stays open on a file system
    /// that cannot be changed, where the mount decides.
    func restrict() throws(StateError) -> UInt32? {
        let mode = try Self.status(of: descriptor, path: path).st_mode & 0o7777
        guard mode & 0o077 != 0 else { return nil }
        fchmod(descriptor, 0o700)
        return mode
    }

    private static func adopt(_ descriptor: Int32, path: String) throws(StateError) -> Directory? {
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ENOTDIR, ELOOP: throw .unusableDirectory(path: path, .notADirectory)
            default: throw .unusableDirectory(path: path, .failed(errno: errno))
            }
        }
        let directory = Directory(path: path, descriptor: descriptor)
        try checkOwner(of: descriptor, path: path)
        return directory
    }

    private static func checkOwner(of descriptor: Int32, path: String) throws(StateError) {
        let owner = try status(of: descriptor, path: path).st_uid
        guard owner == geteuid() else {
            throw .unusableDirectory(path: path, .foreignOwner(uid: owner, expected: geteuid()))
        }
    }

    private static func status(of descriptor: Int32, path: String) throws(StateError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unusableDirectory(path: path, .failed(errno: errno)) }
        return status
    }
}

/// The beginning of a file, at most 128 bytes. Closes `descriptor`; nil when that is negative, or nothing can be read.
func readHint(_ descriptor: Int32) -> String? {
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
}
