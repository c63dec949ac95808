internal import BearerState
internal import Glibc

/// Directories of a user's own daemon, which no package has made.
enum PrivateDirectory {
    /// Makes the directory and those above it, 0700 each, where they are missing.
    static func make(_ path: String) throws(StateError) {
        var status = stat()
        if path.isEmpty || stat(path, &status) == 0 { return }
        try make(parent(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotCreate(path: path, errno: errno) }
    }

    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
