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

    /// Calls one of the reentrant look-ups of getpwnam(3) and getgrnam(3), with more room where that is too little.
    private static func lookUp<Entry>(
        _ call: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
        ) -> CInt,
        id: (Entry) -> UInt32
    ) -> UInt32? {
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
    ///
    /// - Throws: the names that nobody has.
    init(_ allow: AllowConfiguration) throws(UnknownAccounts) {
        var unknown = UnknownAccounts()
        let users = (allow.users ?? []).compactMap { account in
            let id = Accounts.user(account)
            if id == nil { unknown.users.append(account.description) }
            return id
        }
        let groups = (allow.groups ?? []).compactMap { account in
            let id = Accounts.group(account)
            if id == nil { unknown.groups.append(account.description) }
            return id
        }
        guard unknown.isEmpty else { throw unknown }
        self.init(users: Set(users), groups: Set(groups), units: allow.units ?? [])
    }
}

/// Names in an `allow` that this host does not know.
struct UnknownAccounts: Error, Equatable {
    var users: [String] = []
    var groups: [String] = []

    var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    var description: String {
        let parts = [("user", users), ("group", groups)].flatMap { kind, names in names.map { "\(kind) \($0)" } }
        return "this host does not know " + parts.joined(separator: ", ")
    }
}
