internal import BearerConfiguration
internal import BearerSystemd
internal import Glibc

/// The units that a start by systemd would use, looked at from outside.
struct UnitCheck {
    let service: InstalledUnit
    let socket: InstalledUnit
    /// Where `bearerd.socket` has the clients' socket.
    let socketPath: String

    /// `nil` where systemd does not run, or does not know them.
    init?(socketPath: String) {
        guard let service = InstalledUnit.load("bearerd.service"),
            let socket = InstalledUnit.load(ListeningSockets.clientUnit)
        else { return nil }
        self.init(service: service, socket: socket, socketPath: socketPath)
    }

    init(service: InstalledUnit, socket: InstalledUnit, socketPath: String) {
        (self.service, self.socket) = (service, socket)
        self.socketPath = socket.list("ListenStream").first ?? socketPath
    }

    /// `User=` of the service.
    var user: String { service.setting("User") ?? "root" }

    /// `SocketGroup=` of the socket.
    var socketGroup: String { socket.setting("SocketGroup") ?? "root" }

    /// What keeps the units from being started.
    var problems: [StartProblem] {
        var problems: [String] = []
        for unit in [service, socket] {
            guard let state = unit.property("LoadState"), state != "loaded" else { continue }
            problems.append("\(unit.name): \(state); systemctl status \(unit.name) says why")
        }
        if Accounts.user(.name(user)) == nil {
            problems.append("bearerd.service: User=\(user): \(MissingAccount.user(user))")
        }
        if Accounts.group(.name(socketGroup)) == nil {
            problems.append("bearerd.socket: SocketGroup=\(socketGroup): \(MissingAccount.group(socketGroup))")
        }
        return problems.map { StartProblem(message: $0) }
    }

    var warnings: [String] {
        [service, socket].filter { $0.property("NeedDaemonReload") == "yes" }.map {
            "\($0.name) was changed on disk after systemd read it; systemctl daemon-reload, then check again"
        }
    }

    /// What each start may find: the socket that is there, the one that systemd would make now, and the one that the unit's
    /// files ask for.
    var modes: SocketModes {
        let loaded = socket.property("SocketMode").map { [("\(socket.name): SocketMode=", $0)] } ?? []
        let onDisk =
            socket.isKnown ? [("\(socket.name): SocketMode=", socket.setting("SocketMode") ?? "0666")] : []
        var modes: [(place: String, mode: UInt32)] = []
        for (place, text) in loaded + onDisk {
            guard let mode = UInt32(text, radix: 8), !modes.contains(where: { $0.mode == mode }) else { continue }
            modes.append((place, mode))
        }
        if let mode = SocketModes.mode(socketPath), !modes.contains(where: { $0.mode == mode }) {
            let remedy = "(systemctl restart bearerd.socket makes it anew)"
            modes.append(("\(socketPath) \(remedy)", mode))
        }
        return .known(modes)
    }

    var sandbox: Sandbox {
        var settings: Set<String> = []
        if service.isOn("ProtectHome") || service.setting("ProtectHome") == "tmpfs" {
            settings.insert(Sandbox.protectHome)
        }
        if service.isOn("PrivateTmp") || service.setting("PrivateTmp") == "disconnected" {
            settings.insert(Sandbox.privateTmp)
        }
        return .outside(settings: settings)
    }
}
