internal import BearerJSON

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
