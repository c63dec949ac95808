import BearerCore

@testable import BearerService

extension Peer {
    /// An ordinary user, in a group of its own.
    static func user(_ uid: UInt32, gid: UInt32? = nil) -> Peer {
        Peer(pid: 4711, uid: uid, gid: gid ?? uid)
    }

    static let root = Peer(pid: 1, uid: 0, gid: 0)
}

/// The address that systemd connects from when it loads `id` for `unit`.
func systemdAddress(_ unit: String, _ id: String) -> [UInt8] {
    [0] + Array("b2eba07b95d6a1f3/unit/\(unit)/\(id)".utf8)
}
