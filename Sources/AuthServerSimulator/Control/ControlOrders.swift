internal import BearerJSON

/// What a script in another process can order.
protocol ControlOrder {
    init(json bytes: [UInt8]) throws(SimulatorError)

    func apply(to core: SimulatorCore)
}

/// The faults for one endpoint as JSON: `{"endpoint":"token","faults":[…],"then":…}`.
///
/// `faults` are for the next calls, `then` holds after them until further notice; either may be missing. It replaces what
/// was ordered for that endpoint: `{"endpoint":"token"}` heals it. See ``Fault/init(json:)`` for the single fault.
package struct FaultOrder: Sendable, Equatable {
    package let endpoint: Endpoint
    package let faults: [Fault]
    package let then: Fault?

    package init(json bytes: [UInt8]) throws(SimulatorError) {
        let object = try OrderReader(bytes, keys: ["endpoint", "faults", "then"])
        let name = try object.string("endpoint")
        guard let endpoint = Endpoint(rawValue: name) else {
            throw .script("“endpoint” is “\(name)”, expected register, token, example or other")
        }
        self.endpoint = endpoint
        faults = try Self.faults(object.members["faults"])
        then = try object.members["then"].map { value throws(SimulatorError) in try Fault(json: value) }
    }

    private static func faults(_ value: JSONValue?) throws(SimulatorError) -> [Fault] {
        guard let value else { return [] }
        guard let elements = value.array else { throw .script("“faults” is \(value.kind), expected an array") }
        return try elements.map { element throws(SimulatorError) in try Fault(json: element) }
    }
}

extension FaultOrder: ControlOrder {
    func apply(to core: SimulatorCore) {
        core.withState { $0.script.set(faults, then: then, for: endpoint) }
    }
}

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

/// Reads the JSON object of an order; unknown keys are refused.
struct OrderReader {
    let members: JSONObject

    init(_ bytes: some Collection<UInt8>, keys: Set<String>) throws(SimulatorError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .script("not JSON: \(error)")
        }
        try self.init(value, keys: keys)
    }

    init(_ value: JSONValue, keys: Set<String>) throws(SimulatorError) {
        guard let object = value.object else { throw .script("found \(value.kind), expected an object") }
        if let unknown = object.keys.first(where: { !keys.contains($0) }) {
            throw .script("unknown “\(unknown)”, expected \(keys.sorted().joined(separator: ", "))")
        }
        members = object
    }

    func string(_ key: String) throws(SimulatorError) -> String {
        guard let text = members[key]?.string else { throw .script("“\(key)” is missing or no string") }
        return text
    }

    /// At least 0, at most 2³¹ − 1; `fallback` if the key is missing.
    func count(_ key: String, default fallback: Int? = nil) throws(SimulatorError) -> Int {
        if members[key] == nil, let fallback { return fallback }
        guard let number = members[key]?.wholeNumber, (0...Int64(Int32.max)).contains(number) else {
            throw .script("“\(key)” is missing or no whole number from 0 to \(Int32.max)")
        }
        return Int(number)
    }

    /// Milliseconds.
    func duration(_ key: String) throws(SimulatorError) -> Duration {
        .milliseconds(try count(key))
    }
}
