/// The open connections, in all and of each user.
///
/// Those that were turned away do not count: a user who is over the limit must not use up the others' connections.
struct Connections {
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var users: [UInt32: Int] = [:]
    /// Turned away; they may still read why.
    private var leaving: [ObjectIdentifier: ClientConnection] = [:]

    /// Those that are served.
    var count: Int { clients.count }
    /// Those that were turned away and are not closed yet.
    var leavingCount: Int { leaving.count }

    var isEmpty: Bool { clients.isEmpty && leaving.isEmpty }

    var all: [ClientConnection] { Array(clients.values) + Array(leaving.values) }

    func count(ofUser uid: UInt32) -> Int { users[uid] ?? 0 }

    mutating func opened(_ client: ClientConnection, by uid: UInt32) {
        clients[ObjectIdentifier(client)] = client
        users[uid, default: 0] += 1
    }

    mutating func turnedAway(_ client: ClientConnection) {
        leaving[ObjectIdentifier(client)] = client
    }

    mutating func closed(_ client: ClientConnection, by uid: UInt32) {
        if leaving.removeValue(forKey: ObjectIdentifier(client)) != nil { return }
        guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil else { return }
        let left = count(ofUser: uid) - 1
        users[uid] = left > 0 ? left : nil
    }
}
