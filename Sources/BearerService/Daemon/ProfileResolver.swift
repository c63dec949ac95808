internal import BearerConfiguration
internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream

/// Turns a configuration into what the broker works with. Everything that this host must fix shows here, before any
/// call upstream.
struct ProfileResolver {
    let credentials: CredentialsDirectory

    func settings(of configuration: Configuration) throws(StartFailure) -> [ResolvedProfile] {
        var settings: [ResolvedProfile] = []
        var problems: [StartFailure] = []
        for profile in configuration.profiles {
            do throws(StartFailure) {
                settings.append(try self.settings(of: profile, wait: configuration.startup.wait))
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else {
            // Waiting helps only if it may fix all of them.
            let wait = problems.map(\.wait).min() ?? .zero
            throw StartFailure(.configuration, problems.map(\.message).joined(separator: "\n"), wait: wait)
        }
        return settings
    }

    private func settings(of profile: ProfileConfiguration, wait: Duration) throws(StartFailure) -> ResolvedProfile {
        let upstream = profile.upstream
        return ResolvedProfile(
            name: profile.name, server: upstream.server, client: try client(of: profile),
            deviceInfo: DeviceInfo(overrides: upstream.deviceInfo).headerValue, userAgent: upstream.userAgent,
            renewal: upstream.renewal, access: try access(of: profile, wait: wait))
    }

    private func access(of profile: ProfileConfiguration, wait: Duration) throws(StartFailure) -> AccessPolicy? {
        guard let allow = profile.allow else { return nil }
        do {
            return try AccessPolicy(allow)
        } catch {
            throw StartFailure(
                .configuration, "profile \(profile.name): allow: \(error.description)",
                wait: error.mayBecomeUsable ? wait : .zero)
        }
    }

    private func client(of profile: ProfileConfiguration) throws(StartFailure) -> ResolvedClient {
        let secrets = ProfileSecrets(credentials: credentials)
        do {
            switch profile.client {
            case .registration(let registration):
                return .registration(
                    ResolvedRegistration(
                        statement: try secrets.statement(from: registration.statement),
                        redirectURI: registration.redirectURI, reregister: registration.reregistration,
                        expectedScopes: registration.expectedScopes))
            case .given(let source):
                return .given(GivenCredentials(try secrets.clientCredentials(from: source), from: source))
            }
        } catch {
            throw StartFailure(.configuration, "profile \(profile.name): \(error.message)")
        }
    }
}
