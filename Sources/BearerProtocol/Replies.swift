package import BearerCore
internal import BearerJSON

/// A reply that goes out as a line.
package protocol ReplyLine {
    /// Appends the reply as a line, its ending included.
    func encode(id: RequestID?, into output: inout [UInt8])
}

extension ReplyLine {
    package func line(id: RequestID?) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(id: id, into: &bytes)
        return bytes
    }
}

/// The answer that carries a token. Field names of RFC 6749 section 5.1.
package struct TokenReply: ReplyLine, Sendable, Equatable {
    package var token: Secret
    /// Whole seconds that are left now, rounded down, at least 1.
    package var expiresIn: Int64
    /// Seconds since 1970.
    package var expiresAt: Int64
    package var profile: String
    /// The number of the token, for `watch` only.
    package var generation: Int64?

    package init(token: Secret, expiresIn: Int64, expiresAt: Int64, profile: String, generation: Int64? = nil) {
        self.token = token
        self.expiresIn = expiresIn
        self.expiresAt = expiresAt
        self.profile = profile
        self.generation = generation
    }

    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.key("access_token")
            token.withBytes { json.string(utf8: $0) }
            json.member("token_type", "bearer")
            json.member("expires_in", expiresIn)
            json.member("expires_at", expiresAt)
            json.member("profile", profile)
            if let generation { json.member("generation", generation) }
        }
    }
}

/// The answer to a request that is not granted. Field names of RFC 6749 section 5.2.
package struct ErrorReply: ReplyLine, Sendable, Equatable {
    package var code: ErrorCode
    /// For people: what was found and what is expected.
    package var description: String
    /// When to ask again, where waiting helps. Sent in whole seconds, rounded up, at least 1.
    package var retryAfter: Duration?

    package init(_ code: ErrorCode, _ description: String, retryAfter: Duration? = nil) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
    }

    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("error", code.rawValue)
            json.member("error_description", description)
            if let retryAfter {
                json.member("retry_after", min(max(retryAfter, .seconds(1)), Self.maximumWait).secondsRoundedUp)
            }
        }
    }

    /// Beyond any time that is worth saying, and within what can be added to.
    private static let maximumWait = Duration.seconds(Int32.max)
}

/// Every `error` that a reply can have.
package enum ErrorCode: String, Sendable, CaseIterable {
    /// Not JSON, an unknown operation or key, a wrong type or value.
    case invalidRequest = "invalid_request"
    /// The line is longer than `limits.request_bytes`; the connection is closed.
    case requestTooLarge = "request_too_large"
    case unknownProfile = "unknown_profile"
    /// `allow` does not name the peer, or the operation is for root and the daemon's user.
    case accessDenied = "access_denied"
    /// Too many connections, or clients caused an exchange a moment ago.
    case slowDown = "slow_down"
    /// No token yet, upstream unreachable, or `wait` ran out.
    case temporarilyUnavailable = "temporarily_unavailable"
    /// The authorization server turned the application down.
    case registrationRefused = "registration_refused"
    case serverError = "server_error"
}

/// The answer to an operation that has little to say.
package enum ShortReply: ReplyLine {
    /// To `ping`.
    case pong(version: String)
    /// To `reload`: the new configuration is in force.
    case reloaded
    /// To `register`: the new credentials, of this client, are in use.
    case registered(profile: String, clientID: String)

    /// What a registration means for people.
    package static let registrationNotice =
        "viewers have to sign in again: their profiles belong to the old credentials"

    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            switch self {
            case .pong(let version):
                json.member("pong", true)
                json.member("version", version)
            case .reloaded: json.member("reloaded", true)
            case .registered(let profile, let clientID):
                json.member("registered", true)
                json.member("profile", profile)
                json.member("client_id", clientID)
                json.member("notice", Self.registrationNotice)
            }
        }
    }
}

/// The answer to `export`: client credentials, for other hosts. Field names of RFC 7591 section 3.2.1.
package struct ExportReply: Sendable, Equatable {
    package var profile: String
    package var clientID: String
    package var clientSecret: Secret

    package init(profile: String, clientID: String, clientSecret: Secret) {
        self.profile = profile
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// The reply as a line, its ending included. There is room for it at once: bytes that grow would leave copies of the
    /// secret behind.
    package func line(id: RequestID?) -> Secret {
        var bytes: [UInt8] = []
        reserveRoom(in: &bytes, besides: profile.utf8.count + (id?.json.utf8.count ?? 0))
        bytes.appendLine(id: id) { json in
            writeClient(to: &json)
            json.member("profile", profile)
        }
        return Secret(wiping: &bytes)
    }

    /// Appends the client credentials alone, as a JSON object: what the key `client` of the configuration takes.
    package func encodeClient(into output: inout [UInt8]) {
        reserveRoom(in: &output, besides: 0)
        output.appendJSON { json in json.object { writeClient(to: &$0) } }
    }

    private func writeClient(to json: inout JSONWriter) {
        json.member("client_id", clientID)
        json.key("client_secret")
        clientSecret.withBytes { json.string(utf8: $0) }
    }

    /// Printable ASCII takes two bytes at most; names and punctuation fit beside it.
    private func reserveRoom(in output: inout [UInt8], besides others: Int) {
        output.reserveCapacity(output.count + 2 * (clientID.utf8.count + clientSecret.count) + others + 128)
    }
}

extension [UInt8] {
    /// Appends an object, `id` last if there is one, and a line ending.
    mutating func appendLine(id: RequestID?, _ members: (inout JSONWriter) -> Void) {
        appendJSON { json in
            json.object { json in
                members(&json)
                if let id {
                    json.key("id")
                    json.raw(id.json)
                }
            }
        }
        append(UInt8(ascii: "\n"))
    }
}
