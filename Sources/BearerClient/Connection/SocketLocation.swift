internal import Glibc

/// Finds the daemon's socket.
struct SocketLocation {
    static let system = "/run/bearerd/bearerd.sock"

    /// The environment; an empty variable counts as none.
    var variable: (String) -> String? = Self.environment
    /// Whose process this is.
    var user = geteuid()
    /// Root, which believes no other user.
    var root: uid_t = 0

    /// `named`, else `$BEARERD_SOCKET`, else the first that exists of the user's own and the system's.
    ///
    /// The environment of a root shell may be another user's: su(1) keeps it. Root therefore takes a socket from
    /// `$XDG_RUNTIME_DIR` only where nobody but root can put one. The path may still lead elsewhere by the time of
    /// connect(2), if a user owns a directory above; hence the listener must be root too.
    func find(named: String?) -> SocketPlace {
        if let path = named ?? variable("BEARERD_SOCKET") { return SocketPlace(path: path) }
        guard let runtime = variable("XDG_RUNTIME_DIR") else { return SocketPlace(path: Self.system) }
        let directory = "\(runtime)/bearerd"
        let own = "\(directory)/bearerd.sock"
        if user != root, Self.exists(own) { return SocketPlace(path: own) }
        if user == root, isOfRootAlone(runtime), isOfRootAlone(directory), Self.isSocket(own) {
            return SocketPlace(path: own, listener: root)
        }
        return SocketPlace(path: Self.system)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }

    /// A directory, not a symbolic link to one, in which only root can make, rename and remove entries.
    private func isOfRootAlone(_ path: String) -> Bool {
        guard let status = Self.status(path) else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == root && status.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    private static func isSocket(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFSOCK } ?? false
    }

    /// Of the path itself, not of what a symbolic link leads to.
    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}

/// A socket to connect to, and the user that must be listening there.
struct SocketPlace: Equatable {
    var path: String
    /// The only user whose process may be listening, as the kernel knows it (SO_PEERCRED, see unix(7)). nil where
    /// anybody may: at a path that was given, or that root alone can make.
    var listener: uid_t?
}
