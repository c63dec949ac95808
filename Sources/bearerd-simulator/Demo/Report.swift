internal import Glibc

/// What the demonstration prints: a line per event, at most 100 columns wide. Bold and green on a terminal only.
struct Report: Sendable {
    private let begin = ContinuousClock.now
    private let isColored = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && getenv("TERM") != nil

    private static let timeWidth = 6
    private static let eventWidth = 29

    func heading() {
        say(styled("1", row("time", "what happens", "what was counted")))
    }

    /// - Parameters:
    ///   - event: at most 28 characters.
    ///   - proof: at most 63 characters.
    func line(_ event: String, _ proof: String) {
        let tenths = (ContinuousClock.now - begin) / .milliseconds(100)
        let time = "\(Int(tenths) / 10).\(Int(tenths) % 10) s"
        let text = row(time, event, proof)
        say(text.prefix(Self.timeWidth) + styled("32", String(text.dropFirst(Self.timeWidth))))
    }

    private func row(_ time: String, _ event: String, _ proof: String) -> String {
        let padding = String(repeating: " ", count: max(0, Self.timeWidth - time.count))
        return padding + time + "  " + event
            + String(repeating: " ", count: max(1, Self.eventWidth - event.count)) + proof
    }

    private func styled(_ code: String, _ text: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
