/// What of the file system systemd hides from the daemon, systemd.exec(5).
enum Sandbox: Equatable {
    /// Nothing: systemd does not start it.
    case none
    /// We are in it, and do not know what it hides.
    case inside
    /// We are outside and know the settings that hide something: `ProtectHome=`, `PrivateTmp=`.
    case outside(settings: Set<String>)

    static let protectHome = "ProtectHome="
    static let privateTmp = "PrivateTmp="

    /// Why the daemon finds nothing at a path that it is told; `nil` where nothing hides it.
    func reason(_ path: String) -> String? {
        switch self {
        case .none: nil
        case .inside: Self.reason(path, [Self.protectHome, Self.privateTmp])
        case .outside(let settings): Self.reason(path, settings)
        }
    }

    private static func reason(_ path: String, _ settings: Set<String>) -> String? {
        let hidden = [(protectHome, ["/home/", "/root/", "/run/user/"]), (privateTmp, ["/tmp/", "/var/tmp/"])]
        for (setting, directories) in hidden where settings.contains(setting) {
            guard let directory = directories.first(where: path.hasPrefix)?.dropLast() else { continue }
            return "the unit hides \(directory) from the daemon (\(setting)); move the file, for example to "
                + "/etc/bearerd"
        }
        return nil
    }
}
