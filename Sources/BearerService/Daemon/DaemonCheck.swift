internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd
internal import Glibc

/// `bearerd --check`: says what a start would refuse, and prints the effective configuration.
package enum DaemonCheck {
    /// MemoryMax= in `systemd/bearerd.service`, MiB.
    static let installedMemoryMax = 512

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
            let memory = ConnectionLimits.memory(for: configuration.limits.connections)
            print("# MemoryMax= of the unit: at least \(memory)M")
            if memory > Self.installedMemoryMax {
                print(
                    "# warning: limits.connections is \(configuration.limits.connections); clients at their worst take more "
                        + "than MemoryMax=\(Self.installedMemoryMax)M of the unit as it is installed")
            }
            return .success
        } catch let failure as StartFailure {
            StandardError.writeLine(failure.message)
            return failure.status
        } catch {
            StandardError.writeLine("\(error)")
            return .configuration
        }
    }

    private static let secrets = ProfileSecrets(credentials: .inherited)

    /// What is known of a profile beside its configuration, as comments; what this process may not read is left out.
    private static func describe(_ profile: ProfileConfiguration, stateDirectory: String) {
        switch profile.client {
        case .registration(let registration):
            describe(registration, of: profile)
            describeStored(profile, stateDirectory: stateDirectory)
        case .given(let source):
            let client = try? secrets.clientCredentials(from: source)
            print(
                "# profile \(profile.name): provisioned: \(source.place)\(client.map { ": client \($0.clientID)" } ?? "")"
            )
        }
    }

    private static func describe(_ registration: RegistrationConfiguration, of profile: ProfileConfiguration) {
        guard case .file = registration.statement, let statement = try? secrets.statement(from: registration.statement),
            let claims = StatementClaims(statement)
        else { return }
        if let text = claims.text { print("# profile \(profile.name): software statement \(text)") }
        for warning in claims.warnings(server: profile.upstream.server, at: SystemClock.now().unixSeconds) {
            print("# profile \(profile.name): warning: \(warning)")
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

    private static func problems(of profile: ProfileConfiguration) -> [String] {
        [accountProblem(of: profile), secretProblem(of: profile)].compactMap { problem in
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
    private static func secretProblem(of profile: ProfileConfiguration) -> String? {
        do throws(SecretProblem) {
            switch profile.client {
            case .registration(let registration):
                guard case .file = registration.statement else { return nil }
                _ = try secrets.statement(from: registration.statement)
            case .given(let source):
                guard case .file = source else { return nil }
                _ = try secrets.clientCredentials(from: source)
            }
            return nil
        } catch {
            return error.isDenied ? nil : error.message
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
