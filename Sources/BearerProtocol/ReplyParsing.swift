internal import BearerCore
package import BearerJSON

/// One line of the daemon, as its client reads it.
package enum Reply: Sendable, Equatable {
    case token(TokenReply)
    case error(ErrorReply)
    /// Any other object.
    case other(JSONValue)

    /// Reads one line, without its ending. Members that this client does not know are passed over.
    ///
    /// An `error` that this client does not know, of a newer daemon, is taken for `server_error`.
    package static func parse(line: ArraySlice<UInt8>) throws(ReplyError) -> Reply {
        let outcome = line.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try read(bytes, secret: "access_token") }
        }
        let token: Secret?
        let object: JSONValue
        do {
            (token, object) = try outcome.get()
        } catch {
            throw ReplyError("the reply is not a JSON object: \(error)")
        }
        if let token {
            guard token.withBytes({ B64Token.isValid($0) }) else {
                throw ReplyError("access_token holds what no token has: expected a b64token of RFC 6750")
            }
            return .token(try TokenReply(token, ReplyFields(object)))
        }
        if object["error"] != nil { return .error(try ErrorReply(ReplyFields(object))) }
        return .other(object)
    }
}

extension Reply {
    /// The members of a line, and beside them the one that is called `secret`.
    fileprivate static func read(
        _ line: UnsafeRawBufferPointer, secret name: StaticString
    ) throws(JSONError) -> (secret: Secret?, others: JSONValue) {
        var secret: Secret?
        var members: [(String, JSONValue)] = []
        var reader = JSONReader(line)
        try reader.readMembers { (key, reader) throws(JSONError) in
            if key.equals(name) {
                secret = Secret(try reader.readString())
            } else {
                members.append((key.string, try reader.readValue()))
            }
        }
        try reader.finish()
        return (secret, .object(JSONObject(members)))
    }
}

extension TokenReply {
    fileprivate init(_ token: Secret, _ fields: ReplyFields) throws(ReplyError) {
        self.init(
            token: token,
            expiresIn: try fields.wholeNumber("expires_in"),
            expiresAt: try fields.wholeNumber("expires_at"),
            profile: try fields.string("profile"),
            generation: try fields.optional("generation", fields.wholeNumber))
    }
}

extension ExportReply {
    /// Reads one line, without its ending; nil for any other reply. The secret goes nowhere else.
    package init?(line: UnsafeRawBufferPointer) {
        guard let (secret, others) = try? Reply.read(line, secret: "client_secret"), let secret,
            let clientID = others["client_id"]?.string, let profile = others["profile"]?.string
        else { return nil }
        self.init(profile: profile, clientID: clientID, clientSecret: secret)
    }
}

extension ErrorReply {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            ErrorCode(rawValue: try fields.string("error")) ?? .serverError,
            try fields.optional("error_description", fields.string) ?? "",
            retryAfter: try fields.optional("retry_after", fields.wholeNumber).map { .seconds($0) })
    }
}

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

    func strings(_ key: String) throws(ReplyError) -> [String] {
        let texts = value[key]?.array?.map(\.string) ?? [nil]
        let known = texts.compactMap { $0 }
        guard known.count == texts.count else { throw unexpected(key, "an array of strings") }
        return known
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

/// Why a line is no reply of the daemon, or not the one that was asked for. Holds no value of the line.
package struct ReplyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was found and what was expected.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
