internal import BearerCore

/// What the daemon is: what `status` says about it, and whom it trusts.
struct DaemonIdentity: Sendable {
    let version: String
    let pid: Int32
    /// The user it runs as, who may administer it beside root.
    let user: UInt32
    /// It runs for one user, whose own service manager loads credentials from it.
    let isUsersOwn: Bool
    let startedAt: Moment

    /// Whether what `peer` says of itself on the credential socket can be believed: it is a service manager.
    func trusts(_ peer: Peer) -> Bool {
        peer.uid == 0 || (isUsersOwn && peer.uid == user)
    }
}
