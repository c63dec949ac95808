internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import BearerSystemd

/// Those who may not have what they ask for, and what the journal says of them.
extension Broker {
    func denied(_ peer: Peer, _ profile: String) -> ErrorReply {
        ErrorReply(.accessDenied, "uid \(peer.uid) may not have the token of profile \(profile)")
    }

    /// The same for who lost the right while waiting or watching; the journal tells of it.
    func denied(meanwhile peer: Peer, _ profile: String) -> ErrorReply {
        let error = denied(peer, profile)
        if isDenialNews(peer) { tell(of: error, peer, profile) {} }
        return error
    }

    /// Whether the journal has not told of a denial of this user within the last minute.
    func isDenialNews(_ peer: Peer) -> Bool {
        complaints.isDue(.accessDenied, of: .uid(peer.uid), at: now().boot)
    }

    /// Tells the journal of a denial, with the unit of who was denied; then calls `done`, on the loop.
    func tell(of error: ErrorReply, _ peer: Peer, _ profile: String?, then done: @escaping @Sendable () -> Void) {
        let (journal, loop) = (journal, loop)
        units.find(peer.pid, acceptedAt: peer.acceptedAt) { unit in
            var fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
            fields[.peerUnit] = unit
            fields[.profile] = profile
            let who = "pid \(peer.pid)" + (unit.map { ", \($0)" } ?? "")
            journal.write(.accessDenied, "\(error.description) (\(who))", fields)
            loop.execute(done)
        }
    }

    /// The name of the profile that a request is about.
    func profile(of operation: Operation) -> String? {
        switch operation {
        case .token(let request): find(request.profile)?.name
        case .renew(let request): find(request.profile)?.name
        case .watch(let name), .register(let name, _): find(name)?.name
        case .status(let name): name
        case .ping, .reload: nil
        }
    }
}
