package import BearerCore
internal import BearerJSON

/// The answer that carries a token. Field names of RFC 6749 section 5.1.
package struct TokenReply: Sendable, Equatable {
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

    /// Appends the reply as a line, its ending included.
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
