internal import BearerJSON

extension JSONObject {
    /// Reads `bytes`, which are `place` of a request: `the body`, `X-Device-Info`.
    init(strictly bytes: [UInt8], in place: String) throws(Refusal) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed("\(place) is not JSON: \(error)")
        }
        guard let object = value.object else { throw .malformed("\(place) is \(value.kind), expected a JSON object") }
        self = object
    }
}
