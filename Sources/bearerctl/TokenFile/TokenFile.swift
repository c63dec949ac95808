internal import BearerCore
internal import BearerProtocol
internal import Glibc

/// A file that holds the current token. It is replaced as a whole, and has its mode and its group before its first byte.
///
/// Its modification time is the end of its token: whoever finds the file later knows whether it is still good.
struct TokenFile {
    let path: String
    let format: TokenFileFormat
    let mode: mode_t
    /// The group that the file gets; nil leaves it to the kernel.
    let group: gid_t?

    private var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
    private var name: String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }
    /// Where the next contents are made. Two processes that keep the same file do not meet there.
    private var temporaryName: String { "\(temporaryPrefix)\(getpid())" }
    private var temporaryPrefix: String { ".\(name)." }

    /// Puts a token into the file.
    ///
    /// - Parameter end: when the token ends, by the wall clock.
    /// - Returns: what the file is now.
    func replace(with reply: TokenReply, end: Duration) throws(TokenFileError) -> Version {
        var contents = format.contents(of: reply)
        defer { Secret.wipe(&contents) }
        let place = try open()
        defer { close(place) }
        unlinkat(place, temporaryName, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try check("create", openat(place, temporaryName, flags, 0))
        do throws(TokenFileError) {
            defer { close(file) }
            if let group { try check("change the group of", fchown(file, uid_t.max, group)) }
            try check("change the mode of", fchmod(file, mode))
            try write(contents, to: file)
            try setModificationTime(of: file, to: end)
            try check("synchronize", fsync(file))
            let version = try version(of: file)
            try check("rename", renameat(place, temporaryName, place, name))
            return version
        } catch {
            unlinkat(place, temporaryName, 0)
            throw error
        }
    }

    /// Tells a file that we have written from one that another process has put in its place.
    struct Version: Equatable {
        private let inode: ino_t
        private let changed: Duration

        fileprivate init(_ status: stat) {
            inode = status.st_ino
            changed = .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
        }
    }

    var exists: Bool { access(path, F_OK) == 0 }

    /// Removes the file if it is still `version`.
    ///
    /// - Returns: whether it was.
    @discardableResult
    func remove(_ version: Version?) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && Version(status) == version && unlink(path) == 0
    }

    /// Removes whatever file is there, if its token has ended.
    ///
    /// - Parameter now: by the wall clock.
    /// - Returns: whether it was removed.
    func removeEnded(now: Duration) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && .seconds(status.st_mtim.tv_sec) <= now && unlink(path) == 0
    }

    /// The file that an earlier process left, and when its token ends, by the wall clock; nil when there is no file. If that
    /// clock was set back since, the token has ended.
    ///
    /// - Throws: when something is there that is not a file of ours.
    func predecessor(now: Duration) throws(TokenFileError) -> (version: Version, end: Duration)? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TokenFileError(path: path, reason: "expected a regular file, or none: found \(Self.kind(status))")
        }
        let end: Duration = now < .seconds(status.st_ctim.tv_sec) ? .zero : .seconds(status.st_mtim.tv_sec)
        return (Version(status), end)
    }

    /// Removes what processes that were killed while they replaced the file have left.
    func removeLeftovers() {
        guard let entries = opendir(directory) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let found = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard found.hasPrefix(temporaryPrefix), let owner = pid_t(found.dropFirst(temporaryPrefix.count)),
                owner > 0,
                kill(owner, 0) != 0, errno == ESRCH
            else { continue }
            unlinkat(dirfd(entries), found, 0)
        }
    }

    private func open() throws(TokenFileError) -> CInt {
        let result = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard result >= 0 else { throw TokenFileError(path: directory, reason: String(cString: strerror(errno))) }
        return result
    }

    private func write(_ contents: [UInt8], to file: CInt) throws(TokenFileError) {
        var rest = contents[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            try check("write", CInt(clamping: count))
            rest = rest.dropFirst(count)
        }
    }

    private func version(of file: CInt) throws(TokenFileError) -> Version {
        var status = stat()
        try check("examine", fstat(file, &status))
        return Version(status)
    }

    private func setModificationTime(of file: CInt, to end: Duration) throws(TokenFileError) {
        let time = timespec(tv_sec: Int(end.components.seconds), tv_nsec: 0)
        try check("set the time of", futimens(file, [time, time]))
    }

    @discardableResult
    private func check(_ what: String, _ result: CInt) throws(TokenFileError) -> CInt {
        guard result >= 0 else {
            throw TokenFileError(path: path, reason: "cannot \(what) it: \(String(cString: strerror(errno)))")
        }
        return result
    }

    private static func kind(_ status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFLNK: "a symbolic link"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}

/// Why a token file cannot be written. Never holds a token.
struct TokenFileError: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path): \(reason)" }
}
