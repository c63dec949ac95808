internal import BearerCore
internal import BearerJSON

/// The keys that requests can have, in the order in which messages list them.
enum RequestKey: UInt8, CaseIterable {
    case operation, id, profile, minimumValidity, wait, rejected, force

    static let all = allCases

    init?(_ text: JSONText) {
        guard let key = Self.all.first(where: { text.equals($0.name) }) else { return nil }
        self = key
    }

    var name: StaticString {
        switch self {
        case .operation: "op"
        case .id: "id"
        case .profile: "profile"
        case .minimumValidity: "min_valid"
        case .wait: "wait"
        case .rejected: "rejected"
        case .force: "force"
        }
    }

    /// The largest `wait`, in seconds.
    static let maximumWait: Int64 = 300

    /// What its value must be, for messages.
    var expectation: String {
        switch self {
        case .operation: "one of \(OperationName.list)"
        case .id: "a string or an integer"
        case .profile: "the name of a profile, \(ProfileName.pattern)"
        case .minimumValidity: "a whole number of seconds, at least 0"
        case .wait: "a whole number of seconds, 0 to \(Self.maximumWait)"
        case .rejected: "the token that was turned down"
        case .force: "true or false"
        }
    }
}

/// A set of keys that allocates nothing.
struct RequestKeys: OptionSet {
    var rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ keys: RequestKey...) {
        rawValue = keys.reduce(0) { $0 | 1 << $1.rawValue }
    }

    func contains(_ key: RequestKey) -> Bool { rawValue & 1 << key.rawValue != 0 }

    /// False if it was there already.
    mutating func add(_ key: RequestKey) -> Bool {
        defer { rawValue |= 1 << key.rawValue }
        return !contains(key)
    }

    /// In the order in which messages list them.
    var names: [String] { RequestKey.all.filter(contains).map { "\($0.name)" } }
}

/// The values of `op`.
enum OperationName: CaseIterable {
    case token, renew, watch, status, ping, reload, register, export

    static let all = allCases

    init?(_ text: JSONText) {
        guard let name = Self.all.first(where: { text.equals($0.name) }) else { return nil }
        self = name
    }

    var name: StaticString {
        switch self {
        case .token: "token"
        case .renew: "renew"
        case .watch: "watch"
        case .status: "status"
        case .ping: "ping"
        case .reload: "reload"
        case .register: "register"
        case .export: "export"
        }
    }

    /// The keys that a request of this operation may have.
    var keys: RequestKeys {
        switch self {
        case .token: Self.tokenKeys
        case .renew: Self.renewKeys
        case .watch, .status, .export: Self.profileKeys
        case .ping, .reload: Self.commonKeys
        case .register: Self.registerKeys
        }
    }

    private static let tokenKeys = RequestKeys(.operation, .id, .profile, .minimumValidity, .wait)
    private static let renewKeys = RequestKeys(.operation, .id, .profile, .wait, .rejected)
    private static let profileKeys = RequestKeys(.operation, .id, .profile)
    private static let commonKeys = RequestKeys(.operation, .id)
    private static let registerKeys = RequestKeys(.operation, .id, .profile, .force)

    static var list: String { all.map { "\($0.name)" }.joined(separator: ", ") }
}
