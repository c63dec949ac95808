internal import BearerConfiguration
internal import Glibc

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
