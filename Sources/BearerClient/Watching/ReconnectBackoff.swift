/// How long a watcher waits before it connects again: a random time up to a cap that doubles from 0.1 s to 5 s.
struct ReconnectBackoff {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(5)

    private var cap = shortest

    /// - Parameters:
    ///   - lasted: how long there was a connection. A long one starts anew: it shows that there is a daemon.
    ///   - asked: what the daemon asked for, believed up to a minute; it may be longer than any other pause.
    ///   - random: drawn uniformly from 0..<1; half of the time is certain.
    mutating func pause(afterConnectionOf lasted: Duration, asked: Duration?, random: Double) -> Duration {
        if lasted >= Self.longest { cap = Self.shortest }
        let pause = cap * (0.5 + random / 2)
        cap = min(cap * 2, Self.longest)
        return max(pause, min(asked ?? .zero, .seconds(60)))
    }
}
