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
    func replace(with reply: TokenReply, end: Duration) throws(TokenFileError) {
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
            try check("rename", renameat(place, temporaryName, place, name))
        } catch {
            unlinkat(place, temporaryName, 0)
            throw error
        }
    }

    var exists: Bool { access(path, F_OK) == 0 }

    /// Removes the file.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    func remove() -> Bool { unlink(path) == 0 }

    /// When the token ends that an earlier process left, by the wall clock; nil when there is no file. If that clock was set
    /// back since, the token has ended.
    ///
    /// - Throws: when something is there that is not a file of ours.
    func endOfPredecessor(now: Duration) throws(TokenFileError) -> Duration? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TokenFileError(path: path, reason: "expected a regular file, or none: found \(Self.kind(status))")
        }
        return now < .seconds(status.st_ctim.tv_sec) ? .zero : .seconds(status.st_mtim.tv_sec)
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
