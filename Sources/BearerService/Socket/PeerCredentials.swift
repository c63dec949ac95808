internal import BearerCore
internal import BearerLoop
internal import CLinux
internal import Glibc

extension Peer {
    /// Asks the kernel who connected; `nil` when it does not say.
    init?(ofSocket descriptor: CInt) {
        var credentials = clinux_peer_credentials()
        guard clinux_peer_credentials(descriptor, &credentials) == 0 else { return nil }
        guard let groups = Self.groups(ofSocket: descriptor) else { return nil }
        self.init(
            pid: credentials.pid, uid: credentials.uid, gid: credentials.gid, groups: groups,
            acceptedAt: SystemClock.boot())
    }

    /// Most users have few groups; who has more is asked for again with the room that the kernel names.
    private static func groups(ofSocket descriptor: CInt) -> [UInt32]? {
        var count: UInt32 = 32
        for _ in 0..<2 {
            var groups = [UInt32](repeating: 0, count: Int(count))
            if clinux_peer_groups(descriptor, &groups, &count) == 0 { return Array(groups.prefix(Int(count))) }
            guard errno == ERANGE else { return nil }
        }
        return nil
    }
}
