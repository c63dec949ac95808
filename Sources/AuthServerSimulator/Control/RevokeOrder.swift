internal import BearerJSON

/// The body of `POST /simulator/revoke`: `{"tokens":"all"}`, `{"clients":["0a1b…"]}` or both, each `"all"` or a list.
struct RevokeOrder: ControlOrder {
    private let tokens: Selection
    private let clients: Selection

    private enum Selection {
        case all
        case listed([String])

        init(_ value: JSONValue?, key: String) throws(SimulatorError) {
            if value == nil {
                self = .listed([])
            } else if value?.string == "all" {
                self = .all
            } else if let listed = value?.array?.map(\.string), !listed.contains(nil) {
                self = .listed(listed.compactMap(\.self))
            } else {
                throw .script("“\(key)” is neither \"all\" nor a list of strings")
            }
        }
    }

    init(json bytes: [UInt8]) throws(SimulatorError) {
        let object = try OrderReader(bytes, keys: ["tokens", "clients"])
        tokens = try Selection(object.members["tokens"], key: "tokens")
        clients = try Selection(object.members["clients"], key: "clients")
    }

    func apply(to core: SimulatorCore) {
        core.withState { state in
            switch tokens {
            case .all: state.registry.revokeTokens()
            case .listed(let tokens): tokens.forEach { state.registry.revokeToken($0) }
            }
            switch clients {
            case .all: state.registry.revokeClients()
            case .listed(let ids): ids.forEach { state.registry.revokeClient($0) }
            }
        }
    }
}
