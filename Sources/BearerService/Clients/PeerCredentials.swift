internal import BearerCore
internal import BearerLoop
internal import CLinux
internal import Glibc

extension Peer {
    /// Asks the kernel who connected; `nil` when it does not say.
    init?(ofSocket descriptor: CInt) {
        var credentials = clinux_peer_credentials()
        guard clinux_peer_credentials(descriptor, &credentials) == 0 else { return nil }
        self.init(
            pid: credentials.pid, uid: credentials.uid, gid: credentials.gid, acceptedAt: SystemClock.boot())
    }
}

/// The addresses of Unix-domain sockets as bytes, since an abstract one is not a C string. See unix(7).
enum SocketAddressBytes {
    /// `sun_path` of who connected; empty for a socket without a name.
    static func peer(ofSocket socket: CInt) -> [UInt8] {
        path { getpeername(socket, $0, $1) }
    }

    /// `sun_path` of the socket itself, without the NUL at its end.
    static func own(ofSocket socket: CInt) -> String? {
        let bytes = path { getsockname(socket, $0, $1) }
        guard let first = bytes.first, first != 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func path(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> [UInt8] {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        guard result == 0, let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else { return [] }
        return withUnsafeBytes(of: address) { Array($0.prefix(Int(length)).dropFirst(start)) }
    }
}

/// What the daemon is: what `status` says about it, and whom it trusts.
struct DaemonIdentity: Sendable {
    let version: String
    let pid: Int32
    /// The user it runs as, who may administer it beside root.
    let user: UInt32
    /// It runs for one user, whose own service manager loads credentials from it.
    let isUsersOwn: Bool
    let startedAt: ClockReading

    /// Whether what `peer` says of itself on the credential socket can be believed: it is a service manager.
    func trusts(_ peer: Peer) -> Bool {
        peer.uid == 0 || (isUsersOwn && peer.uid == user)
    }
}
