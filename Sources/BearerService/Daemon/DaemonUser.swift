internal import BearerConfiguration
internal import Glibc

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
