import BearerJSON

/// A line of the daemon.
struct Reply: Sendable {
    let text: String
    private let members: JSONObject

    init(_ text: String) throws {
        guard let object = try JSONValue(parsing: text.utf8).object else { throw HarnessError.notAnObject(text) }
        self.text = text
        members = object
    }

    subscript(_ key: String) -> JSONValue? { members[key] }

    var token: String? { members["access_token"]?.string }
    var error: String? { members["error"]?.string }
    var retryAfter: Int64? { members["retry_after"]?.wholeNumber }
    var generation: Int64? { members["generation"]?.wholeNumber }
    /// Of `status`, where there is one profile.
    var profile: JSONValue? { members["profiles"]?.array?.first }
}
