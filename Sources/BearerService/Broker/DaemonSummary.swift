/// The daemon in one line, for systemd.
struct DaemonSummary: Sendable, Equatable {
    /// `default: token for 19 h 12 min, next renewal 23:41; 14 clients`.
    let text: String
    /// The profiles that have no token in memory and are not refused, by name.
    let unsettled: [String]
    /// How long the text stays true while nothing happens; `nil` when it does not age.
    let holds: Duration?

    /// Every profile has a token in memory or is refused.
    var isSettled: Bool { unsettled.isEmpty }
}
