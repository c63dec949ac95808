internal import BearerConfiguration
internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream

/// Turns a configuration into what the broker works with. Everything that this host must mend shows here, before any
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
            // Waiting helps only if it may mend all of them.
            let wait = problems.map(\.wait).min() ?? .zero
            throw StartFailure(.configuration, problems.map(\.message).joined(separator: "\n"), wait: wait)
        }
        return settings
    }

    private func settings(of profile: ProfileConfiguration, wait: Duration) throws(StartFailure) -> ResolvedProfile {
        let upstream = profile.upstream
        return ResolvedProfile(
            name: profile.name, server: upstream.server, statement: try statement(of: profile),
            redirectURI: profile.redirectURI, deviceInfo: DeviceInfo(overrides: upstream.deviceInfo).headerValue,
            userAgent: upstream.userAgent, renewal: upstream.renewal, reregister: profile.reregistration,
            expectedScopes: profile.expectedScopes,
            access: try access(of: profile, wait: wait))
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

    private func statement(of profile: ProfileConfiguration) throws(StartFailure) -> SoftwareStatement {
        let (place, pasted) = try read(profile)
        do {
            return try SoftwareStatement(cleaning: pasted)
        } catch {
            throw StartFailure(.configuration, "profile \(profile.name): \(place): \(error)")
        }
    }

    private func read(_ profile: ProfileConfiguration) throws(StartFailure) -> (place: String, Secret) {
        do throws(SystemdError) {
            switch profile.statement {
            case .file(let path): return (path, try SecretFile.read(path: path))
            case .credential(let name): return ("the credential \(name)", try credentials.read(name))
            }
        } catch {
            throw StartFailure(.configuration, "profile \(profile.name): the software statement: \(error)")
        }
    }
}
