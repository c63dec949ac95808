internal import BearerCore
internal import BearerJSON

extension Reply {
    /// Reads one line, without its ending. Members that this client does not know are passed over.
    ///
    /// An `error` that this client does not know, of a newer daemon, is taken for `server_error`.
    package static func parse(line: UnsafeRawBufferPointer) throws(ReplyError) -> Reply {
        var token: Secret?
        var members: [(String, JSONValue)] = []
        var reader = JSONReader(line)
        do {
            try reader.readMembers { (key, reader) throws(JSONError) in
                if key.equals("access_token") {
                    token = Secret(try reader.readString())
                } else {
                    members.append((key.string, try reader.readValue()))
                }
            }
            try reader.finish()
        } catch {
            throw ReplyError("the reply is not a JSON object: \(error)")
        }
        let object = JSONValue.object(JSONObject(members))
        if let token { return .token(try TokenReply(token, ReplyFields(object))) }
        if object["error"] != nil { return .error(try ErrorReply(ReplyFields(object))) }
        return .other(object)
    }

    /// Reads one line, see ``parse(line:)-(UnsafeRawBufferPointer)``.
    package static func parse(line: ArraySlice<UInt8>) throws(ReplyError) -> Reply {
        let outcome = line.withUnsafeBytes { bytes in
            Result { () throws(ReplyError) in try parse(line: bytes) }
        }
        return try outcome.get()
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

extension ErrorReply {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            ErrorCode(rawValue: try fields.string("error")) ?? .serverError,
            try fields.optional("error_description", fields.string) ?? "",
            retryAfter: try fields.optional("retry_after", fields.wholeNumber).map { .seconds($0) })
    }
}
