internal import BearerCore
internal import BearerLoop

extension ClockReading {
    /// The wall clock's time for people, in the host's time zone: `2026-05-23 17:04:09`.
    var wallText: String { SystemClock.text(wall, "%Y-%m-%d %H:%M:%S") }

    /// The same for a time in seconds since 1970.
    static func wallText(ofUnixTime seconds: Int64) -> String {
        ClockReading(boot: .zero, wall: .seconds(seconds)).wallText
    }

    /// The same within a day: `17:04`.
    var wallTimeOfDay: String { SystemClock.text(wall, "%H:%M") }
}

extension Duration {
    /// The two largest units, for people: `19 h 12 min`, `45 s`, `2 d 3 h`.
    var text: String { text(downTo: "s") }

    /// The same without units smaller than `smallest`, one of `d`, `h`, `min` and `s`.
    func text(downTo smallest: String) -> String {
        let seconds = max(0, components.seconds)
        let all: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        let units = all.prefix(1 + (all.firstIndex { $0.1 == smallest } ?? 3))
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 \(smallest)" }
        let (size, name) = units[first]
        let head = "\(seconds / size) \(name)"
        guard first + 1 < units.count else { return head }
        let (nextSize, nextName) = units[first + 1]
        let rest = seconds % size / nextSize
        return rest == 0 ? head : "\(head) \(rest) \(nextName)"
    }
}
