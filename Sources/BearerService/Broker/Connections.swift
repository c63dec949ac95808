/// The open connections, in all and of each user.
struct Connections {
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var users: [UInt32: Int] = [:]

    var count: Int { clients.count }

    var all: [ClientConnection] { Array(clients.values) }

    func count(ofUser uid: UInt32) -> Int { users[uid] ?? 0 }

    mutating func opened(_ client: ClientConnection, by uid: UInt32) {
        clients[ObjectIdentifier(client)] = client
        users[uid, default: 0] += 1
    }

    mutating func closed(_ client: ClientConnection, by uid: UInt32) {
        guard clients.removeValue(forKey: ObjectIdentifier(client)) != nil else { return }
        let left = count(ofUser: uid) - 1
        users[uid] = left > 0 ? left : nil
    }
}
