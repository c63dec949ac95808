internal import BearerJSON

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
