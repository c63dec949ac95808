internal import Glibc

/// A socket to connect to, and who must be listening there.
struct SocketPlace: Equatable {
    var path: String
    /// The only user whose process may be listening, as the kernel knows it (SO_PEERCRED, see unix(7)). nil where
    /// anybody may: at a path that was given, or that root alone can make.
    var listener: uid_t?
}
