internal import BearerConfiguration
internal import BearerCore
internal import BearerLoop
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream
internal import Glibc

extension DaemonStart {
    func takeDescriptors() throws(StartFailure) -> [ListenDescriptor] {
        do {
            return try ListenDescriptors.take()
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
    }

    func openState(_ paths: DaemonPaths) throws(StartFailure) -> StateDirectory {
        do {
            if paths.areUsersOwn { try PrivateDirectory.make(paths.stateDirectory) }
            return try StateDirectory.open(path: paths.stateDirectory)
        } catch {
            throw StartFailure(error)
        }
    }

    func openSockets(
        _ paths: DaemonPaths, _ handedOver: [ListenDescriptor]
    ) throws(StartFailure) -> ListeningSockets {
        let group = try socketGroup()
        if paths.areUsersOwn, options.socket == nil { try makeDirectory(of: paths.socket) }
        let credentials = paths.credentialSocket
        do {
            return try ListeningSockets.open(
                handedOver: handedOver,
                clients: SocketPath(path: paths.socket, mode: options.socketMode, group: group),
                credentials: credentials.map { SocketPath(path: $0, mode: 0o600, group: nil) })
        } catch {
            throw StartFailure(.configuration, "\(error)")
        }
    }

    /// A user's own daemon has no package that makes the directory of its socket.
    private func makeDirectory(of socket: String) throws(StartFailure) {
        do {
            try PrivateDirectory.make(PrivateDirectory.parent(of: socket))
        } catch {
            throw StartFailure(error)
        }
    }

    private func socketGroup() throws(StartFailure) -> UInt32? {
        guard let name = options.socketGroup else { return nil }
        let account = UInt32(name).map { AccountName.id($0) } ?? .name(name)
        guard let group = Accounts.group(account) else {
            throw StartFailure(.configuration, "--socket-group: this host does not know group \(name)")
        }
        return group
    }
}
