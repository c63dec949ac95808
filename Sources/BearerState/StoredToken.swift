package import BearerCore
internal import BearerJSON

/// A token as it is kept in a sealed memfd: a line with the SHA-256 of the rest, then one JSON object.
///
/// Everything is checked at reading: what is damaged, of another version, of another boot or for other credentials is
/// no token of ours.
package struct StoredToken: Equatable {
    package static let version: Int64 = 1

    package let profile: String
    package let token: AccessToken
    /// The kernel's id of this boot: CLOCK_BOOTTIME means nothing in another.
    package let bootID: String
    /// What the token was issued to and by whom, see ``fingerprint(server:credentials:)``.
    package let fingerprint: String
    /// Whose credentials they were, see ``CredentialKey/fileIdentifier``; `nil` in tokens of old versions.
    package var key: String?

    /// SHA-256 over server, client id and client secret, hexadecimal.
    package static func fingerprint(server: String, credentials: ClientCredentials) -> String {
        var hash = SHA256()
        hash.update("\(server)\n\(credentials.clientID)\n")
        credentials.clientSecret.withBytes { hash.update($0) }
        return hash.hexadecimal()
    }
}

/// Why a stored descriptor holds no token for us.
package enum StoredTokenError: String, Error {
    case damaged
    case otherVersion = "of another version"
    case otherBoot = "of an earlier boot"
    case otherCredentials = "for other credentials or another server"
    case unknownProfile = "of a profile that there is no more"
    case expired
    case notSealed = "not a sealed memfd of ours"
}

extension StoredToken {
    private enum Key: String {
        case version, profile, generation, lifetime, boot, wall, fingerprint, key
        case bootID = "boot_id"
        case token = "access_token"
    }

    /// The bytes to be kept. The caller wipes them.
    package func encoded() -> [UInt8] {
        var body: [UInt8] = []
        // Everything fits, so that no copy is left behind by growing.
        body.reserveCapacity(token.value.count + 1_024)
        body.appendJSON { json in
            json.object { json in
                json.member(Key.version.rawValue, Self.version)
                json.member(Key.profile.rawValue, profile)
                json.member(Key.generation.rawValue, Int64(token.generation))
                json.member(Key.lifetime.rawValue, token.lifetime.wholeNanoseconds)
                json.member(Key.boot.rawValue, token.requestedAt.boot.wholeNanoseconds)
                json.member(Key.wall.rawValue, token.requestedAt.wall.wholeNanoseconds)
                json.member(Key.bootID.rawValue, bootID)
                json.member(Key.fingerprint.rawValue, fingerprint)
                if let key { json.member(Key.key.rawValue, key) }
                json.key(Key.token.rawValue)
                token.value.withBytes { json.string(utf8: $0) }
            }
        }
        defer { Secret.wipe(&body) }
        return Checksum.added(to: body)
    }

    /// Beyond what any life comes to, and far from what counting on would overflow.
    private static let maximumGeneration = UInt64(1) << 53

    package init(_ bytes: [UInt8]) throws(StoredTokenError) {
        guard let body = Checksum.removed(from: bytes), let object = try? JSONValue(parsing: body) else {
            throw .damaged
        }
        guard object[Key.version.rawValue]?.wholeNumber == Self.version else { throw .otherVersion }
        guard let profile = object[Key.profile.rawValue]?.string,
            let generation = object[Key.generation.rawValue]?.wholeNumber.flatMap({ UInt64(exactly: $0) }),
            generation <= Self.maximumGeneration,
            let lifetime = object[Key.lifetime.rawValue]?.wholeNumber, lifetime > 0,
            let boot = object[Key.boot.rawValue]?.wholeNumber, let wall = object[Key.wall.rawValue]?.wholeNumber,
            let bootID = object[Key.bootID.rawValue]?.string,
            let fingerprint = object[Key.fingerprint.rawValue]?.string,
            let value = object[Key.token.rawValue]?.string, !value.isEmpty
        else { throw .damaged }
        self.profile = profile
        self.bootID = bootID
        self.fingerprint = fingerprint
        key = object[Key.key.rawValue]?.string
        token = AccessToken(
            grant: TokenGrant(value: Secret(value), lifetime: .nanoseconds(lifetime)), generation: generation,
            requestedAt: ClockReading(boot: .nanoseconds(boot), wall: .nanoseconds(wall)))
    }

}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
