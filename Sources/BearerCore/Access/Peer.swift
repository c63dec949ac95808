/// Who is at the other end of a connection, as the kernel recorded it at connect(2). See unix(7), SO_PEERCRED.
package struct Peer: Sendable, Equatable {
    /// For the journal only: a process id can be used again and proves nothing.
    package let pid: Int32
    package let uid: UInt32
    package let gid: UInt32
    /// When the connection was accepted, on CLOCK_BOOTTIME: a process that started later is not the one of ``pid``.
    package let acceptedAt: Duration

    package init(pid: Int32, uid: UInt32, gid: UInt32, acceptedAt: Duration = .zero) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.acceptedAt = acceptedAt
    }

    /// Root, or the user that the daemon runs as; never the overflow user, who may be anybody.
    package func isAdministrator(daemonUser: UInt32) -> Bool {
        uid == 0 || (uid == daemonUser && uid != AccessPolicy.overflowID)
    }
}
