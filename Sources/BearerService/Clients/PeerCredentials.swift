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

/// The supplementary groups of who connected, which may be 65,536: those that the configuration names are kept, and the
/// kernel is asked only once they decide. See unix(7), SO_PEERGROUPS.
struct PeerGroups {
    private let all: () -> [UInt32]
    private var found: (version: UInt64, groups: Set<UInt32>)?

    /// - Parameter all: asks for all of them.
    init(_ all: @escaping () -> [UInt32]) {
        self.all = all
    }

    init(ofSocket descriptor: CInt) {
        self.init { Self.groups(ofSocket: descriptor) }
    }

    mutating func among(_ named: NamedGroups) -> Set<UInt32> {
        if let found, found.version == named.version { return found.groups }
        // Of tens of thousands, few are worth a look into the set.
        guard let lowest = named.numbers.min(), let highest = named.numbers.max() else { return [] }
        var groups: Set<UInt32> = []
        for group in all() where group >= lowest && group <= highest && named.numbers.contains(group) {
            groups.insert(group)
        }
        found = (named.version, groups)
        return groups
    }

    /// Most users have few groups. For a user with more, the kernel is asked again with the room that it names.
    private static func groups(ofSocket descriptor: CInt) -> [UInt32] {
        var count: UInt32 = 32
        for _ in 0..<2 {
            var groups = [UInt32](repeating: 0, count: Int(count))
            if clinux_peer_groups(descriptor, &groups, &count) == 0 {
                groups.removeLast(max(0, groups.count - Int(count)))
                return groups
            }
            guard errno == ERANGE else { return [] }
        }
        return []
    }
}

/// The groups that the profiles' `allow` names.
struct NamedGroups: Sendable {
    private(set) var numbers: Set<UInt32> = []
    /// Changes with them.
    private(set) var version: UInt64 = 0

    mutating func set(_ numbers: Set<UInt32>) {
        guard numbers != self.numbers else { return }
        self.numbers = numbers
        version += 1
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
