internal import BearerJSON

/// The members of an object of a reply, by name and type.
struct ReplyFields {
    private let value: JSONValue

    init(_ value: JSONValue) {
        self.value = value
    }

    func string(_ key: String) throws(ReplyError) -> String {
        guard let text = value[key]?.string else { throw unexpected(key, "a string") }
        return text
    }

    func wholeNumber(_ key: String) throws(ReplyError) -> Int64 {
        guard let number = value[key]?.wholeNumber else { throw unexpected(key, "a whole number") }
        return number
    }

    func bool(_ key: String) throws(ReplyError) -> Bool {
        guard let bool = value[key]?.bool else { throw unexpected(key, "true or false") }
        return bool
    }

    func object(_ key: String) throws(ReplyError) -> ReplyFields {
        guard let member = value[key], member.object != nil else { throw unexpected(key, "an object") }
        return ReplyFields(member)
    }

    func objects(_ key: String) throws(ReplyError) -> [ReplyFields] {
        guard let elements = value[key]?.array else { throw unexpected(key, "an array") }
        return elements.map(ReplyFields.init)
    }

    /// Nil for a member that is missing or `null`.
    func optional<Value>(
        _ key: String, _ read: (String) throws(ReplyError) -> Value
    ) throws(ReplyError) -> Value? {
        switch value[key] {
        case nil, .null: nil
        default: try read(key)
        }
    }

    private func unexpected(_ key: String, _ expected: String) -> ReplyError {
        let found = value[key].map { "\($0.kind)" } ?? "nothing"
        return ReplyError("the reply's \(key): found \(found), expected \(expected)")
    }
}
