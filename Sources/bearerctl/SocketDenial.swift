internal import Glibc

/// What helps a user who may not open the socket.
enum SocketDenial {
    /// A sentence for people; `nil` where the group of the socket is not the reason, or the host does not know who we are.
    static func remedy(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IWGRP != 0, !isInGroup(status.st_gid),
            let entry = getgrgid(status.st_gid), case let group = String(cString: entry.pointee.gr_name),
            let account = getpwuid(geteuid()), case let user = String(cString: account.pointee.pw_name)
        else { return nil }
        if isMember(user, account.pointee.pw_gid, of: status.st_gid) {
            return "User \(user) is in group \(group), but was not at this login: log in again."
        }
        return "User \(user) is not in group \(group): sudo usermod -a -G \(group) \(user), then log in again."
    }

    /// Whether this process has the group.
    private static func isInGroup(_ group: gid_t) -> Bool {
        let count = getgroups(0, nil)
        guard count > 0 else { return getegid() == group }
        var groups = [gid_t](repeating: 0, count: Int(count))
        let filled = getgroups(count, &groups)
        return getegid() == group || groups.prefix(max(0, Int(filled))).contains(group)
    }

    /// Whether the next login would have it.
    private static func isMember(_ user: String, _ primary: gid_t, of group: gid_t) -> Bool {
        var count: CInt = 1 << 16
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(user, primary, &groups, &count) >= 0 else { return false }
        return groups.prefix(Int(count)).contains(group)
    }
}
