internal import BearerConfiguration
internal import BearerCore
internal import BearerState
internal import Glibc

/// What deserves a look, though a start goes on in spite of it.
struct CheckWarnings {
    /// MemoryMax= in `systemd/bearerd.service`, MiB.
    static let installedMemoryMax = 512

    let start: CheckedStart
    let configuration: Configuration
    /// Seconds since 1970.
    let now: Int64

    /// Lines, in the order of what a start does.
    var all: [String] {
        (start.units?.warnings ?? []) + clock + profiles + shared + reach + limits
    }

    /// A clock that is behind shows by what it says has not happened yet. One that is ahead shows by nothing on this host.
    private var clock: [String] {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return [] }
        return Self.clock(now, builtAt: Int64(status.st_mtim.tv_sec), registeredAt: stored.map(\.registeredAt))
    }

    private static let day: Int64 = 86_400

    static func clock(_ now: Int64, builtAt: Int64, registeredAt: [Int64]) -> [String] {
        let evidence = [(builtAt, "this program was built")] + registeredAt.map { ($0, "this host registered") }
        guard let (time, what) = evidence.max(by: { $0.0 < $1.0 }), time > now + day else { return [] }
        return [
            "the clock of this host says \(ClockReading.wallText(ofUnixTime: now)), but \(what) at "
                + "\(ClockReading.wallText(ofUnixTime: time)); \(StatementClaims.clockRemedy)"
        ]
    }

    private var stored: [StoredCredentials] {
        start.asDaemon {
            configuration.profiles.flatMap { profile in
                StateDirectory.credentials(
                    at: start.paths.stateDirectory, of: profile.name, server: profile.upstream.server
                ).map(\.credentials)
            }
        }
    }

    /// What a statement says of itself, in the words of the start.
    private var profiles: [String] {
        configuration.profiles.flatMap { profile -> [String] in
            guard case .registration(let registration) = profile.client,
                let statement = start.asDaemon({ try? start.secrets.statement(from: registration.statement) }),
                let claims = StatementClaims(statement)
            else { return [] }
            return claims.warnings(server: profile.upstream.server, at: now).map { "profile \(profile.name): \($0)" }
        }
    }

    /// A profile without `software_statement` takes the same credential as the others without it.
    private var shared: [String] {
        var names: [String: [String]] = [:]
        for profile in configuration.profiles {
            guard case .registration(let registration) = profile.client else { continue }
            names["\(registration.statement.place) for \(profile.upstream.server)", default: []].append(profile.name)
        }
        return names.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { statement, profiles in
            "profiles \(profiles.joined(separator: ", ")): all of them register with \(statement), the default of a profile "
                + "that names none being the credential software_statement; expected one application per profile: "
                + "software_statement: {file: /path} or {credential: NAME} below each"
        }
    }

    /// Users whom `allow` names and whom the mode of the socket keeps out.
    private var reach: [String] {
        guard let units = start.units, let group = Accounts.group(.name(units.socketGroup)),
            units.socket.property("SocketMode").flatMap({ UInt32($0, radix: 8) }).map({ $0 & 0o006 == 0 }) == true
        else { return [] }
        var users = configuration.profiles.flatMap { $0.allow?.users ?? [] }.compactMap(Accounts.user)
        if getuid() != 0 { users.append(getuid()) }
        return Set(users).subtracting([0]).sorted().filter { Accounts.isMember(user: $0, of: group) == false }.map {
            let name = Accounts.name(ofUser: $0)
            return "user \(name) is not in group \(units.socketGroup), which alone may open \(units.socketPath); "
                + "usermod -a -G \(units.socketGroup) \(name), which holds from the next login on"
        }
    }

    private var limits: [String] {
        let connections = configuration.limits.connections
        guard ConnectionLimits.memory(for: connections) > Self.installedMemoryMax else { return [] }
        return [
            "limits.connections is \(connections); clients at their worst take more than "
                + "MemoryMax=\(Self.installedMemoryMax)M of the unit as it is installed; expected the MemoryMax= above, by "
                + "systemctl edit bearerd"
        ]
    }
}
