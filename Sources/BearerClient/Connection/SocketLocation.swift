internal import Glibc

/// Finds the daemon's socket.
struct SocketLocation {
    static let system = "/run/bearerd/bearerd.sock"

    /// The environment; an empty variable counts as none.
    var variable: (String) -> String? = Self.environment
    /// Whose process this is.
    var user = geteuid()

    /// `named`, else `$BEARERD_SOCKET`, else the first that exists of the user's own and the system's. Root does not
    /// take a user's socket: it might be anybody's.
    func find(named: String?) -> String {
        if let path = named ?? variable("BEARERD_SOCKET") { return path }
        guard let runtime = variable("XDG_RUNTIME_DIR") else { return Self.system }
        let own = "\(runtime)/bearerd/bearerd.sock"
        var status = stat()
        guard stat(own, &status) == 0 else { return Self.system }
        return user != 0 || status.st_uid == 0 ? own : Self.system
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
