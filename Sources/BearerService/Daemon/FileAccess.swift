internal import BearerCore
internal import Glibc

/// Says why this process's user may not read a file, and what helps.
struct FileAccess {
    let path: String
    /// For nobody but the daemon.
    let isSecret: Bool

    /// Goes after the path.
    var denial: String {
        let name = Accounts.name(ofUser: geteuid())
        let isKnown = Accounts.primaryGroup(ofUser: geteuid()) != nil
        let (subject, owner) = isKnown ? ("user \(name)", ShellWord.quoted(name)) : (name, "\(geteuid())")
        let file = ShellWord.quoted(path)
        if let directory = closedDirectory {
            return "\(subject) may not enter \(directory) (\(Self.owner(directory))); move the file, for example to "
                + "/etc/bearerd, or chmod o+x \(ShellWord.quoted(directory))"
        }
        let remedy = isSecret ? "chown \(owner) \(file) && chmod 0400 \(file)" : "chmod 0644 \(file)"
        return "\(subject) may not read it (\(Self.owner(path))); \(remedy)"
    }

    /// The directory on the way to the file that lets nobody through whom we are.
    private var closedDirectory: String? {
        var status = stat()
        let slashes = path.indices.dropFirst().filter { path[$0] == "/" }
        var last = "/"
        for slash in slashes + [path.endIndex] {
            guard stat(String(path[..<slash]), &status) == 0 else { return errno == EACCES ? last : nil }
            last = String(path[..<slash])
        }
        return nil
    }

    /// `root:root, mode 0600`
    private static func owner(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return String(cString: strerror(errno)) }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        return "\(Accounts.name(ofUser: status.st_uid)):\(Accounts.name(ofGroup: status.st_gid)), mode 0\(mode)"
    }
}

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
