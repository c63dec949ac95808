internal import BearerConfiguration
internal import Glibc

/// Looks users and groups up, at start and reload only.
enum Accounts {
    static func user(_ account: AccountName) -> UInt32? {
        switch account {
        case .id(let id): id
        case .name(let name):
            lookUp {
                getpwnam_r(name, $0, $1, $2, $3)
            } id: {
                $0.pw_uid
            }
        }
    }

    static func group(_ account: AccountName) -> UInt32? {
        switch account {
        case .id(let id): id
        case .name(let name):
            lookUp {
                getgrnam_r(name, $0, $1, $2, $3)
            } id: {
                $0.gr_gid
            }
        }
    }

    /// A user for people: the name, or `uid 4711` of one that has none.
    static func name(ofUser id: UInt32) -> String {
        lookUp {
            getpwuid_r(id, $0, $1, $2, $3)
        } id: {
            String(cString: $0.pw_name)
        } ?? "uid \(id)"
    }

    /// A group for people: the name, or `gid 4711` of one that has none.
    static func name(ofGroup id: UInt32) -> String {
        lookUp {
            getgrgid_r(id, $0, $1, $2, $3)
        } id: {
            String(cString: $0.gr_name)
        } ?? "gid \(id)"
    }

    /// A user's own group.
    static func primaryGroup(ofUser id: UInt32) -> UInt32? {
        lookUp {
            getpwuid_r(id, $0, $1, $2, $3)
        } id: {
            $0.pw_gid
        }
    }

    /// Whether a login of the user would be in the group, getgrouplist(3); `nil` for a user that this host does not know.
    static func isMember(user id: UInt32, of group: UInt32) -> Bool? {
        guard let primary = primaryGroup(ofUser: id) else { return nil }
        var count: CInt = 1 << 16
        let groups = UnsafeMutablePointer<gid_t>.allocate(capacity: Int(count))
        defer { groups.deallocate() }
        guard getgrouplist(name(ofUser: id), primary, groups, &count) >= 0 else { return nil }
        return UnsafeBufferPointer(start: groups, count: Int(count)).contains(group)
    }

    /// Calls one of the reentrant look-ups of getpwnam(3) and getgrnam(3), with more room where that is too little.
    private static func lookUp<Entry, Value>(
        _ call: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
        ) -> CInt,
        id: (Entry) -> Value
    ) -> Value? {
        for size in [1 << 12, 1 << 16, 1 << 20] {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
            defer {
                buffer.deallocate()
                entry.deallocate()
            }
            var found: UnsafeMutablePointer<Entry>?
            let result = call(entry, buffer, size, &found)
            if result != ERANGE { return found.map { id($0.pointee) } }
        }
        return nil
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
