package import BearerConfiguration
internal import BearerState
internal import Glibc

/// What the command line says; `nil` where it says nothing.
package struct DaemonOptions: Sendable {
    package var configuration: String?
    package var socket: String?
    package var credentialSocket: String?
    package var stateDirectory: String?
    /// Permission bits of a socket that we bind ourselves.
    package var socketMode: UInt32 = 0o660
    package var socketGroup: String?
    package var logLevel: LogLevel?

    package init() {}
}

/// Where things lie: what systemd hands over wins over a flag, a flag over a default.
struct DaemonPaths: Sendable, Equatable {
    let configuration: String
    /// Nobody named the configuration: it may be missing.
    let isConfigurationOptional: Bool
    let socket: String
    /// `nil`: there is none, unless systemd hands one over.
    let credentialSocket: String?
    let stateDirectory: String
    /// They are those of an ordinary user's own daemon.
    let areUsersOwn: Bool
    /// The directory of the socket is made where it is missing: it is a user's own, in `$XDG_RUNTIME_DIR`.
    let makesSocketDirectory: Bool

    /// - Parameters:
    ///   - environment: looks an environment variable up; empty values count as none.
    ///   - user: our user. An ordinary one with a session ($XDG_RUNTIME_DIR) has places of its own.
    init(_ options: DaemonOptions, user: UInt32, environment: (String) -> String?) {
        let places = Self.places(user: user, environment: environment)
        areUsersOwn = user != 0 && environment("XDG_RUNTIME_DIR") != nil
        configuration = options.configuration ?? places.configuration
        isConfigurationOptional = options.configuration == nil
        socket = options.socket ?? places.socket
        let runtime = environment("XDG_RUNTIME_DIR").map { $0.hasSuffix("/") ? $0 : "\($0)/" }
        makesSocketDirectory = areUsersOwn && runtime.map(socket.hasPrefix) == true
        let isAllDefault = areUsersOwn && options.socket == nil
        credentialSocket = options.credentialSocket ?? (isAllDefault ? places.credentialSocket : nil)
        // systemd separates several directories by colons; ours is the first.
        let handedOver = environment("STATE_DIRECTORY").flatMap { $0.split(separator: ":").first.map(String.init) }
        stateDirectory = handedOver ?? options.stateDirectory ?? places.state
    }

    private static func places(
        user: UInt32, environment: (String) -> String?
    ) -> (configuration: String, socket: String, credentialSocket: String, state: String) {
        guard user != 0, let runtime = environment("XDG_RUNTIME_DIR") else {
            return (
                "/etc/bearerd/bearerd.yaml", "/run/bearerd/bearerd.sock", "/run/bearerd/credential.sock",
                "/var/lib/bearerd"
            )
        }
        let home = environment("HOME") ?? "/"
        let configuration = environment("XDG_CONFIG_HOME") ?? "\(home)/.config"
        let state = environment("XDG_STATE_HOME") ?? "\(home)/.local/state"
        return (
            "\(configuration)/bearerd/bearerd.yaml", "\(runtime)/bearerd/bearerd.sock",
            "\(runtime)/bearerd/credential.sock", "\(state)/bearerd"
        )
    }
}

/// Looks an environment variable up; an empty value counts as none.
func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

/// Directories of a user's own daemon, which no package has made.
enum PrivateDirectory {
    /// Makes the directory and those above it, 0700 each, where they are missing.
    static func make(_ path: String) throws(StateError) {
        var status = stat()
        if path.isEmpty || stat(path, &status) == 0 { return }
        try make(parent(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .cannotCreate(path: path, errno: errno) }
    }

    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
