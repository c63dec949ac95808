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

/// What to do about a user or a group of the units that this host does not have.
enum MissingAccount {
    static func group(_ name: String) -> String { "this host has no group \(name); \(remedy(name, "groupadd"))" }

    static func user(_ name: String) -> String { "this host has no user \(name); \(remedy(name, "useradd"))" }

    /// sysusers.d makes those of the package.
    private static func remedy(_ name: String, _ command: String) -> String {
        name == "bearerd" ? "systemd-sysusers bearerd.conf makes it" : "\(command) --system \(name) makes it"
    }
}
