internal import BearerCore
internal import BearerProtocol

/// The daemon's status in the Prometheus text exposition format, version 0.0.4.
struct Metrics {
    private let status: StatusReply

    init(_ status: StatusReply) {
        self.status = status
    }

    /// Without the last line ending.
    var text: String {
        let profiles = status.profiles
        let families = [
            family("bearerd_info", "gauge", "The running daemon.", ["{version=\"\(status.version)\"} 1"]),
            family("bearerd_start_timestamp_seconds", "gauge", "When the daemon started.", [" \(status.startedAt)"]),
            family("bearerd_connections", "gauge", "Open connections.", [" \(status.connections)"]),
            gauge("bearerd_token_expiry_timestamp_seconds", "When the token ends.") { $0.expiresAt },
            gauge("bearerd_token_renewal_timestamp_seconds", "When the token will be renewed.") { $0.renewAt },
            gauge("bearerd_token_generation", "The number of the current token.") { $0.generation },
            gauge("bearerd_last_success_timestamp_seconds", "When a token was last obtained.") { $0.lastSuccessAt },
            gauge("bearerd_state_durable", "1 while everything that must be kept is on disk.") {
                $0.isStateDurable ? 1 : 0
            },
            family(
                "bearerd_profile_state", "gauge", "1 for the state that the profile is in.",
                profiles.flatMap { profile in
                    ProfileStatus.State.allCases.map { state in
                        "{profile=\"\(profile.profile)\",state=\"\(state)\"} \(profile.state == state ? 1 : 0)"
                    }
                }),
            counter("bearerd_requests_total", "Requests of clients.") { $0.requests },
            counter("bearerd_renewals_total", "Tokens obtained since the start.") { $0.renewals },
            counter("bearerd_failures_total", "Failed exchanges with the authorization server.") { $0.failures },
            counter("bearerd_registrations_total", "Registrations that yielded credentials.") { $0.registrations },
        ]
        return families.joined(separator: "\n")
    }

    private func gauge(_ name: String, _ help: String, _ value: (ProfileStatus) -> Int64?) -> String {
        family(
            name, "gauge", help,
            status.profiles.compactMap { profile in value(profile).map { "{profile=\"\(profile.profile)\"} \($0)" } })
    }

    private func counter(_ name: String, _ help: String, _ value: (ProfileStatus.Counters) -> Int64) -> String {
        family(
            name, "counter", help, status.profiles.map { "{profile=\"\($0.profile)\"} \(value($0.counters))" })
    }

    private func family(_ name: String, _ type: String, _ help: String, _ samples: [String]) -> String {
        (["# HELP \(name) \(help)", "# TYPE \(name) \(type)"] + samples.map { name + $0 }).joined(separator: "\n")
    }
}
