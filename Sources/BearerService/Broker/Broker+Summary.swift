internal import BearerCore

/// The daemon in one line, for systemd.
struct DaemonSummary: Sendable, Equatable {
    /// `default: token for 19 h 12 min, next renewal 23:41; 14 clients`.
    let text: String
    /// Every profile has a token in memory or is refused.
    let isSettled: Bool
    /// The profiles for which that is not so, by name.
    let unsettled: [String]
}

extension Broker {
    /// More profiles than this are counted instead of told one by one.
    private static let toldOneByOne = 3

    func summary() -> DaemonSummary {
        let moment = now()
        let all = profiles.values.sorted { $0.name < $1.name }
        let text = all.count <= Self.toldOneByOne ? told(all, at: moment) : counted(all, at: moment)
        let clients = connections.count == 1 ? "1 client" : "\(connections.count) clients"
        let unsettled = all.filter { $0.servableToken(at: moment) == nil && $0.refusal == nil }.map(\.name)
        return DaemonSummary(text: "\(text); \(clients)", isSettled: unsettled.isEmpty, unsettled: unsettled)
    }

    private func told(_ profiles: [Profile], at now: Moment) -> String {
        profiles.map { "\($0.name): \($0.summary(at: now))" }.joined(separator: "; ")
    }

    private func counted(_ profiles: [Profile], at now: Moment) -> String {
        let states = Dictionary(grouping: profiles) { $0.state(at: now) }
        let counts = ProfileState.allCases.compactMap { state in states[state].map { "\($0.count) \(state)" } }
        return "\(profiles.count) profiles: \(counts.joined(separator: ", "))"
    }
}

extension Profile {
    func summary(at now: Moment) -> String {
        let plan = plan(at: now)
        if let token = servableToken(at: now) { return "token for \(token.remaining(at: now).text), \(plan)" }
        if let blockage { return "refused: \(blockage)" }
        if lifecycle.trouble?.refusal != nil, lifecycle.exchange == nil { return plan }
        let doing = lifecycle.hasCredentials ? "waiting for a token" : "waiting for registration"
        return "\(doing), \(plan)"
    }

    private func plan(at now: Moment) -> String {
        if lifecycle.exchange != nil {
            return "asking for \(lifecycle.exchange?.kind == .token ? "one" : "credentials")"
        }
        let time = lifecycle.nextAttempt.map { now.advanced(by: $0.remaining(at: now)).wallTimeOfDay } ?? "never"
        guard let trouble = lifecycle.trouble else { return "next renewal \(time)" }
        return "\(trouble.refusal == nil ? "failing" : "refused") (\(trouble.last.label)), next attempt \(time)"
    }
}
