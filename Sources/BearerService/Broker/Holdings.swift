/// What clients make us hold beyond a little for each: half lines, replies that they do not take, long ids of requests
/// that wait. There is a bound to all of it; who has made us hold something for longest makes room for the newest.
///
/// A client that sends whole lines and takes its replies makes us hold nothing for longer than a turn.
struct Holdings {
    private struct Entry {
        let client: ClientConnection
        let bytes: Int
        /// Rises with the time at which the client began.
        let number: UInt64
    }

    /// Bytes in all.
    static let limit = 10 << 20
    /// Bytes of a client that do not count.
    static let free = 1024
    /// Down to this part of the limit room is made at once.
    private static let goal = limit / 8 * 7

    private var entries: [ObjectIdentifier: Entry] = [:]
    private(set) var total = 0
    private var count: UInt64 = 0

    var isExceeded: Bool { total > Self.limit }

    /// Takes note of the bytes that are held for `client` now.
    mutating func set(_ bytes: Int, for client: ClientConnection) {
        let key = ObjectIdentifier(client)
        let old = entries[key]
        total += bytes - (old?.bytes ?? 0)
        count += 1
        entries[key] = bytes == 0 ? nil : Entry(client: client, bytes: bytes, number: old?.number ?? count)
    }

    /// Those to be cut for the others to have room, who began first.
    func oldest() -> [ClientConnection] {
        var surplus = total - Self.goal
        let candidates = entries.values.sorted { $0.number < $1.number }
        return candidates.prefix { entry in
            defer { surplus -= entry.bytes }
            return surplus > 0
        }.map(\.client)
    }
}
