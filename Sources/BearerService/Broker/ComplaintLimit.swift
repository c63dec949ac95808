/// Keeps clients from filling the journal: one entry of a kind, user or unit, and matter a minute.
struct ComplaintLimit {
    private struct Key: Hashable {
        let event: JournalEvent
        let user: Audit.User
        let matter: String
    }

    private static let interval = Duration.seconds(60)
    /// Beyond this many at once, entries are dropped rather than remembered.
    private static let capacity = 1024

    private var last: [Key: Duration] = [:]

    /// - Parameters:
    ///   - matter: what it is about, where one user can have several matters of a kind.
    ///   - boot: CLOCK_BOOTTIME.
    mutating func isDue(
        _ event: JournalEvent, of user: Audit.User, about matter: String = "", at boot: Duration
    ) -> Bool {
        let key = Key(event: event, user: user, matter: matter)
        if let previous = last[key], boot - previous < Self.interval { return false }
        if last.count >= Self.capacity { last = last.filter { boot - $0.value < Self.interval } }
        guard last.count < Self.capacity else { return false }
        last[key] = boot
        return true
    }
}
