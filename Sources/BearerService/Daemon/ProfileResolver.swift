internal import BearerConfiguration
internal import BearerCore
internal import BearerSystemd
internal import BearerUpstream

/// Turns a configuration into what the broker works with. Everything that this host must fix shows here, before any
/// call upstream.
struct ProfileResolver {
    let secrets: ProfileSecrets
    /// Whether the daemon's user is ours: only then does a file that we may not read keep the daemon from starting.
    var isDaemonsUser = true

    /// - Throws: what is wrong with all of the profiles.
    func settings(of configuration: Configuration) throws(StartFailure) -> [ResolvedProfile] {
        var settings: [ResolvedProfile] = []
        var problems: [StartProblem] = []
        for profile in configuration.profiles {
            let access = Result { () throws(StartProblem) in
                try self.access(of: profile, wait: configuration.startup.wait)
            }
            let client = Result { () throws(StartProblem) in try self.client(of: profile) }
            do throws(StartProblem) {
                settings.append(resolved(profile, try client.get(), try access.get()))
            } catch {
                if case .failure(let problem) = access { problems.append(problem) }
                if case .failure(let problem) = client { problems.append(problem) }
            }
        }
        try problems.throwIfAny()
        return settings
    }

    private func resolved(
        _ profile: ProfileConfiguration, _ client: ResolvedClient, _ access: AccessPolicy?
    ) -> ResolvedProfile {
        let upstream = profile.upstream
        return ResolvedProfile(
            name: profile.name, server: upstream.server, client: client,
            deviceInfo: DeviceInfo(overrides: upstream.deviceInfo).headerValue, userAgent: upstream.userAgent,
            renewal: upstream.renewal, access: access)
    }

    private func access(of profile: ProfileConfiguration, wait: Duration) throws(StartProblem) -> AccessPolicy? {
        guard let allow = profile.allow else { return nil }
        do {
            return try AccessPolicy(allow)
        } catch {
            throw StartProblem(
                message: "profile \(profile.name): allow: \(error.description)",
                wait: error.mayBecomeUsable ? wait : .zero)
        }
    }

    private func client(of profile: ProfileConfiguration) throws(StartProblem) -> ResolvedClient {
        do throws(SecretProblem) {
            switch profile.client {
            case .registration(let registration):
                return .registration(
                    ResolvedRegistration(
                        statement: try secrets.statement(from: registration.statement),
                        redirectURI: registration.redirectURI, reregister: registration.reregistration,
                        expectedScopes: registration.expectedScopes, source: registration.statement))
            case .given(let source):
                return .given(GivenCredentials(try secrets.clientCredentials(from: source), from: source))
            }
        } catch {
            let isCertain = error.isSeen && (isDaemonsUser || !error.isDenied)
            throw StartProblem(message: "profile \(profile.name): \(error.message)", isCertain: isCertain)
        }
    }
}

extension AccessPolicy {
    /// Turns names into numbers.
    init(_ allow: AllowConfiguration) throws(UnusableAccounts) {
        var unusable = UnusableAccounts()
        let users = unusable.numbers(of: allow.users, "user", Accounts.user)
        let groups = unusable.numbers(of: allow.groups, "group", Accounts.group)
        guard unusable.isEmpty else { throw unusable }
        self.init(users: users, groups: groups, units: allow.units ?? [])
    }
}

/// Users and groups of an `allow` that can match nobody, each with its kind: `user player`.
struct UnusableAccounts: Error, Equatable {
    /// This host does not know them, or not yet.
    private(set) var unknown: [String] = []
    /// They have the id that stands for whom the kernel does not know.
    private(set) var overflow: [String] = []

    var isEmpty: Bool { unknown.isEmpty && overflow.isEmpty }

    /// Whether looking them up again later may help.
    var mayBecomeUsable: Bool { overflow.isEmpty }

    var description: String {
        var findings: [String] = []
        if !unknown.isEmpty { findings.append("this host does not know " + unknown.joined(separator: ", ")) }
        if !overflow.isEmpty {
            let list = overflow.joined(separator: ", ")
            findings.append("\(list): the kernel's id for unknown users and groups, which never matches")
        }
        return findings.joined(separator: "; ")
    }

    /// The numbers of `accounts`, as far as they can be used.
    fileprivate mutating func numbers(
        of accounts: [AccountName]?, _ kind: String, _ lookUp: (AccountName) -> UInt32?
    ) -> Set<UInt32> {
        var numbers: Set<UInt32> = []
        for account in accounts ?? [] {
            switch lookUp(account) {
            case nil: unknown.append("\(kind) \(account)")
            case AccessPolicy.overflowID?: overflow.append("\(kind) \(account)")
            case let number?: numbers.insert(number)
            }
        }
        return numbers
    }
}
