internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc

/// `bearerd --check`: says what a start would refuse, and prints the effective configuration.
package enum DaemonCheck {
    /// - Returns: 0, or what the daemon would exit with.
    package static func run(_ options: DaemonOptions) -> ExitStatus {
        let paths = DaemonPaths(options, user: geteuid(), environment: environment)
        do {
            let configuration = try Configuration.load(
                path: paths.configuration, mayBeMissing: paths.isConfigurationOptional)
            let problems = configuration.profiles.flatMap(problems)
            for problem in problems { StandardError.writeLine("\(paths.configuration): \(problem)") }
            guard problems.isEmpty else { return .configuration }
            let loader = ConfigurationLoader(paths: paths, options: options, credentials: .inherited, handedOver: [])
            try loader.checkOpenness(of: configuration)
            _ = try loader.makeUpstream(configuration)
            print(configuration.effectiveDescription)
            let descriptors = StoredState.descriptorsPerProfile * configuration.profiles.count
            for profile in configuration.profiles { describe(profile, stateDirectory: paths.stateDirectory) }
            print("# LimitNOFILE= of the unit: at least \(configuration.limits.connections + Listener.spare)")
            print("# FileDescriptorStoreMax= of the unit: at least \(descriptors)")
            return .success
        } catch let failure as StartFailure {
            StandardError.writeLine(failure.message)
            return failure.status
        } catch {
            StandardError.writeLine("\(error)")
            return .configuration
        }
    }

    /// What is known of a profile beside its configuration, as comments; what this process may not read is left out.
    private static func describe(_ profile: ProfileConfiguration, stateDirectory: String) {
        let server = profile.upstream.server
        if let statement = statement(of: profile), let claims = StatementClaims(statement) {
            if let text = claims.text { print("# profile \(profile.name): software statement \(text)") }
            for warning in claims.warnings(server: server, at: SystemClock.now().unixSeconds) {
                print("# profile \(profile.name): warning: \(warning)")
            }
        }
        for (path, stored) in StateDirectory.credentials(at: stateDirectory, of: profile.name, server: server) {
            let scopes = stored.credentials.scopes.map { $0.joined(separator: ", ") } ?? "not known"
            print(
                "# profile \(profile.name): \(path): client \(stored.credentials.clientID), registered "
                    + "\(ClockReading.wallText(ofUnixTime: stored.registeredAt)), scopes \(scopes)")
        }
    }

    private static func statement(of profile: ProfileConfiguration) -> SoftwareStatement? {
        guard case .file(let path) = profile.statement, let pasted = try? SecretFile.read(path: path) else {
            return nil
        }
        return try? SoftwareStatement(cleaning: pasted)
    }

    private static func problems(of profile: ProfileConfiguration) -> [String] {
        [accountProblem(of: profile), statementProblem(of: profile)].compactMap { problem in
            problem.map { "profile \(profile.name): \($0)" }
        }
    }

    private static func accountProblem(of profile: ProfileConfiguration) -> String? {
        guard let allow = profile.allow else { return nil }
        do {
            _ = try AccessPolicy(allow)
            return nil
        } catch {
            return "allow: \(error.description)"
        }
    }

    /// A credential is there only for the service, and a file may be for its user only: what this process may not see
    /// is no problem.
    private static func statementProblem(of profile: ProfileConfiguration) -> String? {
        guard case .file(let path) = profile.statement else { return nil }
        do throws(SystemdError) {
            let pasted = try SecretFile.read(path: path)
            do throws(SoftwareStatementError) {
                _ = try SoftwareStatement(cleaning: pasted)
                return nil
            } catch {
                return "\(path): \(error)"
            }
        } catch {
            if case .fileUnreadable(_, EACCES) = error { return nil }
            return "the software statement: \(error)"
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
