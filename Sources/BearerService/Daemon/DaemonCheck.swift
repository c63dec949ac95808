internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import Glibc

/// `bearerd --check`: says what a start would refuse and what deserves a look, and prints the effective configuration.
///
/// It asks no server, not even for its clock: a check may run where there is no network, and costs no call.
package enum DaemonCheck {
    /// - Returns: 0, or what the daemon would exit with.
    package static func run(_ options: DaemonOptions) -> ExitStatus {
        let start = CheckedStart(options)
        let configuration: Configuration
        do {
            configuration = try start.configuration()
        } catch {
            for problem in error.problems + (start.units?.problems ?? []) { StandardError.writeLine(problem.message) }
            return error.status
        }
        let problems = start.problems(of: configuration)
        let refusals = problems.filter(\.isCertain)
        let failure = refusals.isEmpty ? StandardOutput.write(description(of: configuration, start)) : 0
        guard failure == 0 else {
            StandardError.writeLine("standard output: \(String(cString: strerror(failure)))")
            return .inputOutput
        }
        for refusal in refusals { StandardError.writeLine(refusal.message) }
        let doubts = problems.filter { !$0.isCertain }.map { "not certain from here: \($0.message)" }
        let warnings = CheckWarnings(start: start, configuration: configuration, now: SystemClock.now().unixSeconds)
        for warning in doubts + warnings.all { StandardError.writeLine("warning: \(warning)") }
        return refusals.isEmpty ? .success : .configuration
    }

    private static func description(of configuration: Configuration, _ start: CheckedStart) -> [String] {
        let profiles = start.asDaemon { configuration.profiles.flatMap { description(of: $0, start) } }
        let descriptors = StoredState.descriptorsPerProfile * configuration.profiles.count
        let needs = [
            "LimitNOFILE= of the unit: at least \(configuration.limits.connections + Listener.spare)",
            "FileDescriptorStoreMax= of the unit: at least \(descriptors)",
            "MemoryMax= of the unit: at least \(ConnectionLimits.memory(for: configuration.limits.connections))M",
        ]
        return [configuration.effectiveDescription] + (profiles + needs).map { "# \($0)" }
    }

    /// What is known of a profile beside its configuration; what this process may not read is left out.
    private static func description(of profile: ProfileConfiguration, _ start: CheckedStart) -> [String] {
        switch profile.client {
        case .registration(let registration):
            let statement = try? start.secrets.statement(from: registration.statement)
            let claims = statement.flatMap { StatementClaims($0)?.text }.map { "software statement \($0)" }
            let stored = storedCredentials(of: profile, stateDirectory: start.paths.stateDirectory)
            return ([claims].compactMap { $0 } + stored).map { "profile \(profile.name): \($0)" }
        case .given(let source):
            let client = try? start.secrets.clientCredentials(from: source)
            let name = client.map { ": client \($0.clientID)" } ?? ""
            return ["profile \(profile.name): provisioned: \(source.place)\(name)"]
        }
    }

    private static func storedCredentials(of profile: ProfileConfiguration, stateDirectory: String) -> [String] {
        let server = profile.upstream.server
        return StateDirectory.credentials(at: stateDirectory, of: profile.name, server: server).map { path, stored in
            let scopes = stored.credentials.scopes.map { $0.joined(separator: ", ") } ?? "not known"
            let date = ClockReading.wallText(ofUnixTime: stored.registeredAt)
            return "\(path): client \(stored.credentials.clientID), registered \(date), scopes \(scopes)"
        }
    }
}

/// stdout, for what a check finds.
private enum StandardOutput {
    /// - Returns: 0, or an error number.
    static func write(_ lines: [String]) -> CInt {
        var rest = Array(lines.map { $0 + "\n" }.joined().utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}

/// stderr, for what comes before there is a log.
enum StandardError {
    static func writeLine(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
