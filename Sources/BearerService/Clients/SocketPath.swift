internal import BearerCore
internal import BearerLoop
internal import CLinux
internal import Glibc

/// A Unix-domain socket that we bind ourselves. See unix(7).
struct SocketPath {
    let path: String
    /// Permission bits of the socket.
    let mode: UInt32
    /// The group that owns it; `nil` leaves ours.
    let group: UInt32?

    /// Binds a socket and listens on it. The caller owns the descriptor.
    ///
    /// A stale socket is unlinked only after it refused a connection; the caller holds the lock of the state
    /// directory, so that no second daemon can be about to listen.
    func bind() throws(SocketError) -> BoundSocket {
        try check()
        try removeStale()
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed(path: path, call: "socket", errno: errno) }
        do throws(SocketError) {
            return try bind(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// What can be told of it beforehand: its length, its directory, what is there.
    func check() throws(SocketError) {
        guard !path.isEmpty else { throw .pathTooLong(path, limit: UnixAddress.longestPath) }
        _ = try address()
        try checkDirectory()
        var status = stat()
        guard lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
    }

    private func bind(_ descriptor: CInt) throws(SocketError) -> BoundSocket {
        // The mode of the descriptor is the one that bind(2) gives the path: nobody gets in before the group is set.
        // The umask would do as well, but it is the whole process's.
        guard fchmod(descriptor, 0o600) == 0 else { throw .failed(path: path, call: "fchmod", errno: errno) }
        guard try address().with({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw .failed(path: path, call: "bind", errno: errno)
        }
        // At once: a socket that is bound and does not listen looks stale to a second daemon.
        guard listen(descriptor, SOMAXCONN) == 0 else { throw .failed(path: path, call: "listen", errno: errno) }
        return BoundSocket(descriptor: descriptor, path: path, inode: try setAccess())
    }

    /// Gives the socket its group and mode. Whoever may write into the directory can have put something else there
    /// meanwhile: what is changed is a socket of ours, by a descriptor of it, never by its name.
    func setAccess() throws(SocketError) -> BoundSocket.Inode {
        let inode = clinux_open_path(path)
        guard inode >= 0 else { throw .failed(path: path, call: "open", errno: errno) }
        defer { close(inode) }
        var status = stat()
        guard fstat(inode, &status) == 0 else { throw .failed(path: path, call: "fstat", errno: errno) }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else { throw .replaced(path) }
        let name = "/proc/self/fd/\(inode)"
        if let group, chown(name, uid_t.max, group) != 0 { throw .failed(path: path, call: "chown", errno: errno) }
        guard chmod(name, mode) == 0 else { throw .failed(path: path, call: "chmod", errno: errno) }
        return BoundSocket.Inode(status)
    }

    private func checkDirectory() throws(SocketError) {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0 else {
            throw errno == ENOENT ? .noDirectory(directory) : .failed(path: directory, call: "stat", errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(directory) }
        guard status.st_uid == geteuid() else { throw .foreignDirectory(directory, uid: status.st_uid) }
        guard status.st_mode & S_IWOTH == 0 else { throw .openDirectory(directory, mode: status.st_mode & 0o7777) }
    }

    private func removeStale() throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .failed(path: path, call: "lstat", errno: errno)
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .failed(path: path, call: "socket", errno: errno) }
        defer { close(probe) }
        let result = try address().with { connect(probe, $0, $1) }
        guard result != 0, errno == ECONNREFUSED else { throw .inUse(path) }
        guard unlink(path) == 0 else { throw .failed(path: path, call: "unlink", errno: errno) }
    }

    private func address() throws(SocketError) -> UnixAddress {
        guard let address = UnixAddress(path: path) else {
            throw .pathTooLong(path, limit: UnixAddress.longestPath)
        }
        return address
    }
}

/// A socket that we bound, and where.
struct BoundSocket: Sendable {
    /// Tells the socket at the path from another that was put there later.
    struct Inode: Sendable, Equatable {
        private let device: dev_t
        private let number: ino_t

        init(_ status: stat) {
            device = status.st_dev
            number = status.st_ino
        }
    }

    /// The caller's to close.
    let descriptor: CInt
    let path: String
    let inode: Inode

    /// Unlinks the path, unless something else is there by now.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, Inode(status) == inode else { return }
        unlink(path)
    }
}

/// Why a socket cannot be served.
enum SocketError: Error, Sendable, Equatable {
    case failed(path: String, call: String, errno: CInt)
    case pathTooLong(String, limit: Int)
    case noDirectory(String)
    case notADirectory(String)
    case foreignDirectory(String, uid: UInt32)
    case openDirectory(String, mode: UInt32)
    case notASocket(String)
    case inUse(String)
    case replaced(String)
}

extension SocketError: CustomStringConvertible {
    var description: String {
        switch self {
        case .failed(let path, let call, let code): "\(path): \(call): \(String(cString: strerror(code)))"
        case .pathTooLong(let path, let limit):
            "\(path): \(path.utf8.count) bytes; expected 1 to \(limit), which is all that a socket's path may have; choose a "
                + "shorter one, such as /run/bearerd/bearerd.sock"
        case .noDirectory(let path):
            "\(path): no such directory, where the socket needs one: install -d -m 0755 -o "
                + "\(geteuid()) \(ShellWord.quoted(path))"
        case .notADirectory(let path): "\(path): not a directory; a socket needs one that exists"
        case .foreignDirectory(let path, let uid):
            "\(path): belongs to uid \(uid), expected \(geteuid()), or others could replace the socket; chown "
                + "\(geteuid()) \(ShellWord.quoted(path)), or choose another directory"
        case .openDirectory(let path, let mode):
            "\(path): mode 0\(String(mode, radix: 8)) lets everybody write, and so replace the socket; chmod o-w "
                + "\(ShellWord.quoted(path)), or choose another directory"
        case .notASocket(let path): "\(path): there is a file that is not a socket; remove it or choose another path"
        case .inUse(let path): "\(path): another process listens there"
        case .replaced(let path): "\(path): somebody put something else there while it was bound; expected our socket"
        }
    }
}
