internal import BearerConfiguration
internal import BearerCore
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

extension AccessPolicy {
    /// Turns names into numbers.
    init(_ allow: AllowConfiguration) throws(UnusableAccounts) {
        var unusable = UnusableAccounts()
        let users = unusable.numbers(of: allow.users, "user", Accounts.user)
        let groups = unusable.numbers(of: allow.groups, "group", Accounts.group)
        guard unusable.isEmpty else { throw unusable }
        self.init(users: users, groups: groups, units: allow.units ?? [])
    }
}

/// Users and groups of an `allow` that can match nobody, each with its kind: `user player`.
struct UnusableAccounts: Error, Equatable {
    /// This host does not know them, or not yet.
    private(set) var unknown: [String] = []
    /// They have the id that stands for whom the kernel does not know.
    private(set) var overflow: [String] = []

    var isEmpty: Bool { unknown.isEmpty && overflow.isEmpty }

    /// Whether looking them up again later may help.
    var mayBecomeUsable: Bool { overflow.isEmpty }

    var description: String {
        var findings: [String] = []
        if !unknown.isEmpty { findings.append("this host does not know " + unknown.joined(separator: ", ")) }
        if !overflow.isEmpty {
            let list = overflow.joined(separator: ", ")
            findings.append("\(list): the kernel's id for unknown users and groups, which never matches")
        }
        return findings.joined(separator: "; ")
    }

    /// The numbers of `accounts`, as far as they can be used.
    fileprivate mutating func numbers(
        of accounts: [AccountName]?, _ kind: String, _ lookUp: (AccountName) -> UInt32?
    ) -> Set<UInt32> {
        var numbers: Set<UInt32> = []
        for account in accounts ?? [] {
            switch lookUp(account) {
            case nil: unknown.append("\(kind) \(account)")
            case AccessPolicy.overflowID?: overflow.append("\(kind) \(account)")
            case let number?: numbers.insert(number)
            }
        }
        return numbers
    }
}
