internal import ArgumentParser
internal import BearerCore
internal import BearerJSON
internal import BearerProtocol

/// What stands in a token file. A token needs no escapes in any of these, see RFC 6750 section 2.1.
enum TokenFileFormat: String, CaseIterable, ExpressibleByArgument {
    /// The token alone, without a line ending: for Prometheus' `credentials_file`, and for variables that end in `_FILE`.
    case bare
    /// An HTTP header field: for `curl --header @FILE`.
    case header
    /// The reply of the daemon, but for `expires_in`, which is true at one moment only.
    case json
    /// An assignment to `BEARER_TOKEN`: for a shell, and for `EnvironmentFile=`.
    case env
    /// A directive for the `include` of a `location`.
    case nginx
    /// An option: for `curl --config FILE`.
    case curl

    /// The contents of the file, to be wiped.
    func contents(of reply: TokenReply) -> [UInt8] {
        switch self {
        case .bare: Self.surround(reply, "", "")
        case .header: Self.surround(reply, "Authorization: Bearer ", "\n")
        case .json: Self.json(reply)
        case .env: Self.surround(reply, "BEARER_TOKEN=", "\n")
        case .nginx: Self.surround(reply, "proxy_set_header Authorization \"Bearer ", "\";\n")
        case .curl: Self.surround(reply, "header = \"Authorization: Bearer ", "\"\n")
        }
    }

    private static func surround(_ reply: TokenReply, _ before: String, _ after: String) -> [UInt8] {
        // Enough room at once: no half-written copy is left behind.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(before.utf8.count + reply.token.count + after.utf8.count)
        bytes += before.utf8
        reply.token.withBytes { bytes += $0 }
        bytes += after.utf8
        return bytes
    }

    private static func json(_ reply: TokenReply) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 * reply.token.count + 1024)
        var json = JSONWriter(appendingTo: bytes)
        json.object { json in
            json.key("access_token")
            reply.token.withBytes { json.string(utf8: $0) }
            json.member("token_type", "bearer")
            json.member("expires_at", reply.expiresAt)
            json.member("profile", reply.profile)
            if let generation = reply.generation { json.member("generation", generation) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
