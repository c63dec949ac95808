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
        if refusals.isEmpty { describe(configuration, start) }
        fflush(nil)
        for refusal in refusals { StandardError.writeLine(refusal.message) }
        let doubts = problems.filter { !$0.isCertain }.map { "not certain from here: \($0.message)" }
        let warnings = CheckWarnings(start: start, configuration: configuration, now: SystemClock.now().unixSeconds)
        for warning in doubts + warnings.all { StandardError.writeLine("warning: \(warning)") }
        return refusals.isEmpty ? .success : .configuration
    }

    private static func describe(_ configuration: Configuration, _ start: CheckedStart) {
        print(configuration.effectiveDescription)
        start.asDaemon { for profile in configuration.profiles { describe(profile, start) } }
        let descriptors = StoredState.descriptorsPerProfile * configuration.profiles.count
        print("# LimitNOFILE= of the unit: at least \(configuration.limits.connections + Listener.spare)")
        print("# FileDescriptorStoreMax= of the unit: at least \(descriptors)")
        print("# MemoryMax= of the unit: at least \(ConnectionLimits.memory(for: configuration.limits.connections))M")
    }

    /// What is known of a profile beside its configuration, as comments; what this process may not read is left out.
    private static func describe(_ profile: ProfileConfiguration, _ start: CheckedStart) {
        switch profile.client {
        case .registration(let registration):
            let statement = try? start.secrets.statement(from: registration.statement)
            if let text = statement.flatMap({ StatementClaims($0)?.text }) {
                print("# profile \(profile.name): software statement \(text)")
            }
            describeStored(profile, stateDirectory: start.paths.stateDirectory)
        case .given(let source):
            let client = try? start.secrets.clientCredentials(from: source)
            print(
                "# profile \(profile.name): provisioned: \(source.place)\(client.map { ": client \($0.clientID)" } ?? "")"
            )
        }
    }

    private static func describeStored(_ profile: ProfileConfiguration, stateDirectory: String) {
        let server = profile.upstream.server
        for (path, stored) in StateDirectory.credentials(at: stateDirectory, of: profile.name, server: server) {
            let scopes = stored.credentials.scopes.map { $0.joined(separator: ", ") } ?? "not known"
            print(
                "# profile \(profile.name): \(path): client \(stored.credentials.clientID), registered "
                    + "\(ClockReading.wallText(ofUnixTime: stored.registeredAt)), scopes \(scopes)")
        }
    }
}

/// stderr, for what comes before there is a log.
enum StandardError {
    static func writeLine(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
