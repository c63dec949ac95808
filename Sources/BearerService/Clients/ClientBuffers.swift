internal import BearerCore

/// What clients make us hold beyond a little for each: half lines, replies that they do not take, long ids of requests
/// that wait. There is a bound to all of it. Room is made by the user who has us hold most, whose newest connections go
/// first: what one user does costs no other.
///
/// A client that sends whole lines and takes its replies makes us hold nothing for longer than a turn.
struct ClientBuffers {
    private struct Entry {
        let client: ClientConnection
        let bytes: Int
        /// Rises with the time at which the client began.
        let number: UInt64
    }

    private struct User {
        var entries: [ObjectIdentifier: Entry] = [:]
        var total = 0
    }

    /// Bytes in all.
    static let limit = 10 << 20
    /// Bytes of a client that do not count; of one that waits for its reply, with a rejected token, there are more.
    static let free = 1024
    static let freeWhileWaiting = 4096
    /// Down to this part of the limit room is made at once.
    private static let goal = limit / 8 * 7

    private var users: [UInt32: User] = [:]
    private(set) var total = 0
    private var count: UInt64 = 0

    var isExceeded: Bool { total > Self.limit }
    /// Whether there is room for those who come next.
    var hasRoom: Bool { total <= Self.goal }

    /// Takes note of the bytes that are held for `client` now.
    mutating func set(_ bytes: Int, for client: ClientConnection) {
        let (uid, key) = (client.peer.uid, ObjectIdentifier(client))
        guard bytes > 0 || users[uid] != nil else { return }
        var user = users.removeValue(forKey: uid) ?? User()
        let old = user.entries[key]
        count += 1
        user.entries[key] = bytes == 0 ? nil : Entry(client: client, bytes: bytes, number: old?.number ?? count)
        user.total += bytes - (old?.bytes ?? 0)
        total += bytes - (old?.bytes ?? 0)
        if !user.entries.isEmpty { users[uid] = user }
    }

    /// The connection that is cut next, so that others have room.
    func newestOfHeaviestUser() -> ClientConnection? {
        let heaviest = users.values.max { $0.total < $1.total }
        return heaviest?.entries.values.max { $0.number < $1.number }?.client
    }
}
