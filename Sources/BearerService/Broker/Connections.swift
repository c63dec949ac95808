internal import BearerLoop

/// The open connections, in all and of each user.
///
/// Those that were turned away do not count: a user who is over the limit must not use up the others' connections.
struct Connections {
    private struct User {
        let group: StreamGroup
        var count = 0
    }

    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var users: [UInt32: User] = [:]
    /// Turned away; they may still read why.
    private var leaving: [ObjectIdentifier: ClientConnection] = [:]

    /// Those that are served.
    var count: Int { clients.count }
    /// Those that were turned away and are not closed yet.
    var leavingCount: Int { leaving.count }

    var isEmpty: Bool { clients.isEmpty && leaving.isEmpty }

    var all: [ClientConnection] { Array(clients.values) + Array(leaving.values) }

    func count(ofUser uid: UInt32) -> Int { users[uid]?.count ?? 0 }

    /// The group of the user's streams; a new one for who has none.
    func group(ofUser uid: UInt32) -> StreamGroup { users[uid]?.group ?? StreamGroup() }

    /// - Parameter group: what ``group(ofUser:)`` gave for it.
    mutating func opened(_ client: ClientConnection, by uid: UInt32, _ group: StreamGroup) {
        clients[ObjectIdentifier(client)] = client
        users[uid, default: User(group: group)].count += 1
    }

    mutating func turnedAway(_ client: ClientConnection) {
        leaving[ObjectIdentifier(client)] = client
    }

    mutating func closed(_ client: ClientConnection, by uid: UInt32) {
        if leaving.removeValue(forKey: ObjectIdentifier(client)) != nil { return }
        guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil, let user = users[uid] else { return }
        users[uid] = user.count > 1 ? User(group: user.group, count: user.count - 1) : nil
    }
}
