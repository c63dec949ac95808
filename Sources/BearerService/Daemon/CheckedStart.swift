internal import BearerConfiguration
internal import BearerCore
internal import Glibc

/// What a start with these options would find, found without starting: by the code of the start itself.
struct CheckedStart {
    let paths: DaemonPaths
    /// The units that the start would be systemd's by; `nil` where it would not, or where that cannot be seen.
    let units: UnitCheck?
    let secrets: ProfileSecrets

    private let options: DaemonOptions
    private let user: DaemonUser?
    /// Whether systemd started us as part of the unit: what it hands over is the daemon's.
    private let isInUnit: Bool

    /// Where the package has the configuration.
    private static let installedConfiguration = "/etc/bearerd/bearerd.yaml"

    init(_ options: DaemonOptions) {
        self.options = options
        let own = DaemonPaths(options, user: geteuid(), environment: environment)
        isInUnit = environment("CREDENTIALS_DIRECTORY") != nil
        let isInstalled =
            options.socket == nil && !isInUnit
            && (!own.areUsersOwn || own.configuration == Self.installedConfiguration)
        let installed = DaemonPaths(options, user: 0) { _ in nil }
        units = isInstalled ? UnitCheck(socketPath: installed.socket) : nil
        paths = units == nil ? own : installed
        user = units.flatMap { DaemonUser(named: $0.user) }
        secrets = isInUnit ? .inherited : units.map { Self.secrets(of: $0) } ?? Self.secretsOfAnyStart
    }

    private static func secrets(of units: UnitCheck) -> ProfileSecrets {
        ProfileSecrets(
            credential: { [service = units.service] (name) throws(SecretProblem) in
                try DaemonUser.asRoot { () throws(SecretProblem) in try UnitCredentials(service: service).read(name) }
            }, sandbox: units.sandbox)
    }

    /// Whoever starts the daemon may hand over what we do not have.
    private static var secretsOfAnyStart: ProfileSecrets {
        ProfileSecrets(
            credential: { (name) throws(SecretProblem) in
                do throws(SecretProblem) { return try ProfileSecrets.inherited.credential(name) } catch {
                    throw SecretProblem(message: error.message, isSeen: false)
                }
            }, sandbox: .none)
    }

    /// Runs `body` with the rights that the daemon will have, if we may.
    func asDaemon<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        guard let user else { return try body() }
        return try user.run(body)
    }

    /// The configuration, where it can be read as such.
    ///
    /// Only the installed file is for the daemon to read; another is on its way there.
    func configuration() throws(StartFailure) -> Configuration {
        let isInstalled = paths.configuration == Self.installedConfiguration
        return isInstalled ? try asDaemon { () throws(StartFailure) in try loader.read() } : try loader.read()
    }

    /// Everything that would keep the daemon from starting with this configuration.
    func problems(of configuration: Configuration) -> [StartProblem] {
        var problems = units?.problems ?? []
        asDaemon {
            do throws(StartFailure) { _ = try loader.resolve(configuration) } catch { problems += error.problems }
            do throws(StartFailure) { _ = try loader.makeUpstream(configuration) } catch { problems += error.problems }
        }
        if units == nil, !isInUnit { problems += OwnSockets(paths: paths, options: options).problems(handedOver: []) }
        return problems
    }

    private var loader: ConfigurationLoader {
        ConfigurationLoader(
            paths: paths, options: options, secrets: secrets,
            isDaemonsUser: units == nil || getuid() == 0 || getuid() == user?.id,
            sockets: units?.modes ?? .own(path: paths.socket, mode: options.socketMode))
    }
}

/// The user that the daemon will run as. Root looks at files with the eyes of that user.
struct DaemonUser {
    let id: UInt32
    let name: String
    let group: UInt32

    /// `nil` for a user that this host does not know.
    init?(named name: String) {
        guard let id = Accounts.user(.name(name)), let group = Accounts.primaryGroup(ofUser: id) else { return nil }
        (self.id, self.name, self.group) = (id, name, group)
    }

    /// Runs `body` as the user where we are root, and as we are otherwise. For a process of one thread.
    func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        guard geteuid() == 0, id != 0, initgroups(name, group) == 0 else { return try body() }
        defer {
            seteuid(0)
            setegid(0)
            setgroups(0, nil)
        }
        guard setegid(group) == 0, seteuid(id) == 0 else { return try body() }
        return try body()
    }

    /// Runs `body` as root again, if that is what we were.
    static func asRoot<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let user = geteuid()
        guard user != 0, getuid() == 0, seteuid(0) == 0 else { return try body() }
        defer { seteuid(user) }
        return try body()
    }
}
