internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
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
