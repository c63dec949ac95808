internal import BearerJSON

/// The values of `op`.
enum OperationName: CaseIterable {
    case token, renew, watch, status, ping, reload, register

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
        }
    }

    /// The keys that a request of this operation may have.
    var keys: RequestKeys {
        switch self {
        case .token: Self.tokenKeys
        case .renew: Self.renewKeys
        case .watch, .status: Self.profileKeys
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
