internal import BearerConfiguration
internal import BearerSystemd
internal import Glibc

/// The sockets that we bind where systemd hands none over: what the command line says of them, checked.
struct OwnSockets {
    let paths: DaemonPaths
    let options: DaemonOptions

    /// What keeps them from being bound, as far as that shows before.
    ///
    /// - Parameter handedOver: the names of the units that hand a socket over.
    func problems(handedOver: Set<String>) -> [StartProblem] {
        var problems: [StartProblem] = []
        let group: UInt32?
        do throws(StartProblem) { group = try self.group() } catch {
            problems.append(error)
            group = nil
        }
        var sockets: [SocketPath] = []
        if !handedOver.contains(ListeningSockets.clientUnit) { sockets.append(clients(group)) }
        if !handedOver.contains(ListeningSockets.credentialUnit), let credentials { sockets.append(credentials) }
        for socket in sockets where !isMade(PrivateDirectory.parent(of: socket.path)) {
            do throws(SocketError) { try socket.check() } catch {
                // Where nobody names the socket, it is not known whether the daemon will have it.
                let isCertain = options.socket != nil || paths.areUsersOwn
                problems.append(StartProblem(message: "\(error)", isCertain: isCertain))
            }
        }
        return problems
    }

    func clients(_ group: UInt32?) -> SocketPath {
        SocketPath(path: paths.socket, mode: options.socketMode, group: group)
    }

    var credentials: SocketPath? {
        paths.credentialSocket.map { SocketPath(path: $0, mode: 0o600, group: nil) }
    }

    /// `--socket-group`
    func group() throws(StartProblem) -> UInt32? {
        guard let name = options.socketGroup else { return nil }
        let account = UInt32(name).map { AccountName.id($0) } ?? .name(name)
        guard let group = Accounts.group(account) else {
            throw StartProblem(message: "--socket-group: \(MissingAccount.group(name))")
        }
        return group
    }

    /// A user's own daemon has no package that makes the directory of its sockets: it is made at the start.
    private func isMade(_ directory: String) -> Bool {
        var status = stat()
        return paths.makesSocketDirectory && directory == PrivateDirectory.parent(of: paths.socket)
            && stat(directory, &status) != 0 && errno == ENOENT
    }
}

/// Who may open the clients' sockets: the mode of each, and where it stands.
enum SocketModes: Sendable {
    /// systemd holds the sockets: of the paths, since the descriptor of a bound socket says 0777.
    case paths([String])
    /// We bind the socket ourselves.
    case own(path: String, mode: UInt32)
    /// Modes that somebody else has found.
    case known([(place: String, mode: UInt32)])

    /// A socket that everybody can open must not give away a token for which nobody is named.
    func problems(of configuration: Configuration) -> [StartProblem] {
        guard let open = configuration.profiles.first(where: { $0.allow == nil }) else { return [] }
        return modes.compactMap { place, mode in
            guard let mode else {
                return StartProblem(message: "\(place): who may open the socket cannot be told")
            }
            return mode & 0o006 == 0 ? nil : StartProblem(message: Self.message(place, mode, open.name))
        }
    }

    private static func message(_ place: String, _ mode: UInt32, _ profile: String) -> String {
        "\(place): mode 0\(String(mode, radix: 8)) lets everybody open the socket, and profile "
            + "\(profile) has no allow: name who may have its token, or make the mode 0660"
    }

    private var modes: [(place: String, mode: UInt32?)] {
        switch self {
        case .paths(let paths): paths.map { ("\($0)", Self.mode($0)) }
        case .own(let path, let mode): [(path, mode)]
        case .known(let modes): modes.map { ($0.place, $0.mode) }
        }
    }

    /// The permission bits of what is at a path; `nil` when that cannot be told.
    static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }
}
