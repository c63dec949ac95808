internal import Glibc

/// Finds the daemon's socket.
enum SocketLocation {
    static let system = "/run/bearerd/bearerd.sock"

    /// `named`, else `$BEARERD_SOCKET`, else the first that exists of the user's own and the system's. Root does not
    /// take a user's socket: it might be anybody's.
    static func find(named: String?) -> String {
        if let path = named ?? environment("BEARERD_SOCKET") { return path }
        guard let runtime = environment("XDG_RUNTIME_DIR") else { return system }
        let own = "\(runtime)/bearerd/bearerd.sock"
        var status = stat()
        guard stat(own, &status) == 0 else { return system }
        return geteuid() != 0 || status.st_uid == 0 ? own : system
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
