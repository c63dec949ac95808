internal import BearerCore
internal import BearerProtocol
internal import Glibc

/// `status` for people: a line about the daemon, then a row per profile.
struct StatusTable {
    private let status: StatusReply
    private let now = Int64(time(nil))

    init(_ status: StatusReply) {
        self.status = status
    }

    var text: String {
        let clients = status.connections == 1 ? "1 connection" : "\(status.connections) connections"
        let daemon =
            "bearerd \(status.version), pid \(status.pid), up \(span(from: status.startedAt, to: now)), \(clients)"
        let table = status.profiles.isEmpty ? ["There is no profile that this user may see."] : rows
        return ([daemon, ""] + table).joined(separator: "\n")
    }

    private var rows: [String] {
        let header = [
            "PROFILE", "STATE", "TOKEN", "NEXT", "CLIENT", "DURABLE", "REQUESTS", "RENEWALS", "FAILURES", "SERVER",
            "SCOPES",
        ]
        let table = [header] + status.profiles.map(row)
        let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").trimmingEnd())
        }
        return lines + status.profiles.compactMap(Self.trouble)
    }

    private func row(_ profile: ProfileStatus) -> [String] {
        let token = profile.expiresAt.map { "for \(span(from: now, to: $0))" }
        let next = (profile.renewAt ?? profile.nextAttemptAt).map { "in \(span(from: now, to: $0))" }
        return [
            profile.profile, profile.state.rawValue, token ?? "none", next ?? "-", Self.client(of: profile),
            profile.isStateDurable ? "yes" : "no", "\(profile.counters.requests)", "\(profile.counters.renewals)",
            "\(profile.counters.failures)", profile.environment ?? profile.server ?? "-",
            profile.scopes.map { $0.joined(separator: ",") } ?? "-",
        ]
    }

    private static func client(of profile: ProfileStatus) -> String {
        (profile.clientID ?? "-") + (profile.isProvisioned ? " (provisioned)" : "")
    }

    private static func trouble(_ profile: ProfileStatus) -> String? {
        // What blocks a profile is its last error, too.
        let wait = profile.waiting.flatMap { $0.reason == .blocked ? nil : ($0.reason.rawValue, $0.detail) }
        let warnings = profile.warnings.map { ("warning: \($0.warning)", $0.detail) }
        let lines = [profile.lastError.map { ($0.error, $0.detail) }, wait].compactMap { $0 } + warnings
        return lines.isEmpty ? nil : lines.map { "\n\(profile.profile): \($0.0): \($0.1)" }.joined()
    }

    /// The two largest units.
    private func span(from start: Int64, to end: Int64) -> String {
        let (difference, isTooMuch) = end.subtractingReportingOverflow(start)
        let seconds = max(0, isTooMuch && end > start ? .max : difference)
        if seconds >= 86_400 { return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h" }
        if seconds >= 3600 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
        if seconds >= 60 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds) s"
    }
}

extension String {
    fileprivate func trimmingEnd() -> Substring {
        self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)]
    }
}
