internal import BearerCore
internal import BearerLoop

/// What STATUS= says. It is true at each instant: whoever shows it asks again after ``DaemonSummary/holds``.
extension Broker {
    /// More profiles than this are counted instead of told one by one; so are those that are waited for.
    private static let toldOneByOne = 3

    func summary() -> DaemonSummary {
        let moment = now()
        let all = profiles.values
        let unsettled = all.filter { $0.servableToken(at: moment) == nil && $0.refusal == nil }.map(\.name).sorted()
        let isToldOneByOne = all.count <= Self.toldOneByOne
        let text = isToldOneByOne ? told(all, at: moment) : counted(all, unsettled, at: moment)
        let clients = connections.count == 1 ? "1 client" : "\(connections.count) clients"
        // What is counted does not age by itself, and a thousand profiles are not to be looked through for nothing.
        let aging = isToldOneByOne ? all.compactMap { $0.servableToken(at: moment)?.remaining(at: moment) } : []
        return DaemonSummary(
            text: "\(text); \(clients)", unsettled: unsettled, holds: aging.compactMap(\.untilNextMinute).min())
    }

    /// Has ``changes`` tell when the summary's text is no longer true.
    func noteAging(of summary: DaemonSummary) {
        if let aging { loop.cancel(aging) }
        aging = summary.holds.map { holds in
            loop.schedule(after: holds) { self.assumeIsolated { $0.noteChange() } }
        }
    }

    private func told(_ profiles: some Collection<Profile>, at now: Moment) -> String {
        profiles.sorted { $0.name < $1.name }.map { "\($0.name): \($0.summary(at: now))" }
            .joined(separator: "; ")
    }

    private func counted(_ profiles: some Collection<Profile>, _ unsettled: [String], at now: Moment) -> String {
        var states: [ProfileState: Int] = [:]
        for profile in profiles { states[profile.state(at: now), default: 0] += 1 }
        let counts = ProfileState.allCases.compactMap { state in states[state].map { "\($0) \(state)" } }
        let waited = unsettled.prefix(Self.toldOneByOne).joined(separator: ", ")
        let more = unsettled.count - Self.toldOneByOne
        let wait = unsettled.isEmpty ? "" : "; waiting for \(waited)\(more > 0 ? " and \(more) more" : "")"
        return "\(profiles.count) profiles: \(counts.joined(separator: ", "))\(wait)"
    }
}

extension Profile {
    fileprivate func summary(at now: Moment) -> String {
        let plan = plan(at: now)
        if let token = servableToken(at: now) { return "token for \(token.remaining(at: now).minutesText), \(plan)" }
        if let blockage { return "refused: \(blockage)" }
        if lifecycle.trouble?.refusal != nil, lifecycle.exchange == nil { return plan }
        let doing = lifecycle.hasCredentials ? "waiting for a token" : "waiting for registration"
        return "\(doing), \(plan)"
    }

    private func plan(at now: Moment) -> String {
        if let exchange = lifecycle.exchange {
            return queued != nil ? "waiting its turn" : "asking for \(exchange.kind == .token ? "one" : "credentials")"
        }
        let time = lifecycle.nextAttempt.map { now.advanced(by: $0.remaining(at: now)).wallTimeOfDay } ?? "never"
        if lifecycle.isRegistrationHeld { return "held until \(time): earlier registrations were not answered" }
        guard let trouble = lifecycle.trouble else {
            return "next \(servableToken(at: now) == nil ? "attempt" : "renewal") \(time)"
        }
        return "\(trouble.refusal == nil ? "failing" : "refused") (\(trouble.last.label)), next attempt \(time)"
    }
}

extension Duration {
    /// The two largest units down to minutes, for what is shown for a while: `19 h 12 min`, `less than a minute`.
    var minutesText: String { self < .seconds(60) ? "less than a minute" : text(downTo: "min") }

    /// How long ``minutesText`` stays as it is while this much runs out; `nil` below a minute.
    fileprivate var untilNextMinute: Duration? {
        guard self >= .seconds(60) else { return nil }
        return .seconds(components.seconds % 60) + .nanoseconds(components.attoseconds / 1_000_000_000)
            + .milliseconds(1)
    }
}
