package import BearerCore
internal import BearerJSON
package import BearerSystemd
internal import Glibc

/// Tokens in sealed memfds in systemd's file descriptor store, so that a restart costs no call upstream.
package struct TokenStore: Sendable {
    private let files: SealedFiles
    private let bootID: String?

    /// - Parameter bootID: that of this boot; without it no token is kept or taken back, as its times could mean anything.
    package init(_ files: SealedFiles, bootID: String?) {
        self.files = files
        self.bootID = bootID
    }

    /// Whether tokens can be kept at all. systemd does not say whether it takes descriptors.
    package var isAvailable: Bool { files.isAvailable && bootID != nil }

    /// Keeps `token`, then lets go of the one before it.
    ///
    /// - Parameters:
    ///   - fingerprint: of the credentials, see ``StoredToken/fingerprint(server:credentials:)``.
    ///   - key: whose credentials they are, see ``CredentialKey/fileIdentifier``.
    /// - Returns: whether the token was handed to systemd; if not, for want of a store, a descriptor or memory, the one before
    ///   it stays.
    func keep(
        _ token: AccessToken, of profile: String, fingerprint: String, key: String?, replacing old: UInt64?
    ) -> Bool {
        guard let bootID else { return false }
        let stored = StoredToken(profile: profile, token: token, bootID: bootID, fingerprint: fingerprint, key: key)
        return files.keep(stored, replacing: old.map { StoredToken.name(profile, $0) })
    }

    func forget(_ generation: UInt64, of profile: String) {
        files.remove(StoredToken.name(profile, generation))
    }

    /// Takes back what systemd kept: the newest usable token of each profile. Everything else is removed from the
    /// store; `onDrop` is told its name, whose it is if that can be told, and why. All descriptors are closed.
    package func takeBack(
        _ descriptors: [ListenDescriptor], onDrop: (String, String?, StoredTokenError) -> Void,
        isUsable: (StoredToken) -> StoredTokenError?
    ) -> [String: StoredToken] {
        let tokens = files.takeBack(
            descriptors, onDrop: { (name, stored: StoredToken?, problem) in onDrop(name, stored?.profile, problem) },
            isUsable: isUsable
        ) { (_, body) throws(StoredTokenError) in
            let stored = try StoredToken(body)
            guard stored.bootID == bootID else { throw .otherBoot }
            return stored
        }
        return Dictionary(uniqueKeysWithValues: tokens.map { ($0.profile, $0) })
    }

    /// Waits until systemd has been told of everything; bounded, for the end of the process.
    package func flush() {
        files.flush()
    }
}

/// The token of one profile: what it was issued to, and what the file descriptor store has of it.
package struct KeptToken {
    private struct Generation {
        let number: UInt64
        let endOfService: ClockReading

        init(_ token: AccessToken) {
            number = token.generation
            endOfService = token.endOfService
        }
    }

    private let store: TokenStore
    private let profile: String
    /// What the store has.
    private var kept: Generation?
    /// What the token of a generation was issued to: the credentials may be others by now.
    private var owner: (generation: UInt64, fingerprint: String)?

    /// - Parameters:
    ///   - token: the one that the store has.
    ///   - fingerprint: what it was issued to, see ``StoredToken/fingerprint(server:credentials:)``.
    package init(of profile: String, in store: TokenStore, token: AccessToken?, fingerprint: String?) {
        self.profile = profile
        self.store = store
        kept = token.map(Generation.init)
        if let token, let fingerprint { owner = (token.generation, fingerprint) }
    }

    /// From then on, nobody may be given it any more.
    package var endOfService: ClockReading? { kept?.endOfService }

    /// What `token` was issued to; `nil` when that is not known.
    package func fingerprint(of token: AccessToken) -> String? {
        owner?.generation == token.generation ? owner?.fingerprint : nil
    }

    /// Puts `token` into the store in place of the one before. Where that fails, the one before stays to its end.
    ///
    /// - Parameters:
    ///   - fingerprint: what it was issued to, if it is new.
    ///   - key: see ``CredentialKey/fileIdentifier``.
    /// - Returns: false when it should be tried again.
    package mutating func replace(
        with token: AccessToken, issuedTo fingerprint: @autoclosure () -> String, key: String?
    ) -> Bool {
        let fingerprint = self.fingerprint(of: token) ?? fingerprint()
        owner = (token.generation, fingerprint)
        guard store.isAvailable, token.generation != kept?.number else { return true }
        guard store.keep(token, of: profile, fingerprint: fingerprint, key: key, replacing: kept?.number) else {
            return false
        }
        kept = Generation(token)
        return true
    }

    /// Takes a token out of the store that must not come back.
    package mutating func remove() {
        owner = nil
        forget()
    }

    /// Takes a token out of the store once nobody may be given it any more.
    package mutating func removeEnded(at now: ClockReading) {
        if let endOfService, endOfService.isReached(at: now) { forget() }
    }

    private mutating func forget() {
        guard let kept else { return }
        store.forget(kept.number, of: profile)
        self.kept = nil
    }
}

/// A token as it is kept in a sealed memfd: one JSON object.
///
/// Everything is checked at reading: what is damaged, of another version, of another boot or for other credentials is
/// no token of ours.
package struct StoredToken: Equatable {
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

extension StoredToken: SealedEntry {
    private enum Field {
        static let version = "version"
        static let profile = "profile"
        static let generation = "generation"
        static let lifetime = "lifetime"
        static let boot = "boot"
        static let wall = "wall"
        static let bootID = "boot_id"
        static let fingerprint = "fingerprint"
        static let key = "key"
        static let token = "access_token"
    }

    /// `token-<profile>-<generation>`.
    static func name(_ profile: String, _ generation: UInt64) -> String { "token-\(profile)-\(generation)" }

    var name: String { Self.name(profile, token.generation) }
    var place: String { profile }
    var number: UInt64 { token.generation }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        // Everything fits, so that no copy is left behind by growing.
        bytes.reserveCapacity(token.value.count + 1_024)
        bytes.appendJSON { json in
            json.object { json in
                json.member(Field.version, Record.version)
                json.member(Field.profile, profile)
                json.member(Field.generation, Int64(token.generation))
                json.member(Field.lifetime, token.lifetime.wholeNanoseconds)
                json.member(Field.boot, token.requestedAt.boot.wholeNanoseconds)
                json.member(Field.wall, token.requestedAt.wall.wholeNanoseconds)
                json.member(Field.bootID, bootID)
                json.member(Field.fingerprint, fingerprint)
                if let key { json.member(Field.key, key) }
                json.key(Field.token)
                token.value.withBytes { json.string(utf8: $0) }
            }
        }
        return bytes
    }

    /// Beyond what any life comes to, and far from what counting on would overflow.
    private static let maximumGeneration = Int64(1) << 53

    /// Reads what ``encoded()`` made.
    init(_ body: Secret) throws(StoredTokenError) {
        do throws(StateError.FileProblem) {
            try self.init(Record(body, secretFields: [Field.token]))
        } catch {
            throw error == .invalidField(Field.version) ? .otherVersion : StoredTokenError(error)
        }
    }

    private init(_ record: Record) throws(StateError.FileProblem) {
        let generation = try record.integer(Field.generation)
        guard generation <= Self.maximumGeneration else { throw .invalidField(Field.generation) }
        let lifetime = try record.integer(Field.lifetime)
        guard lifetime > 0 else { throw .invalidField(Field.lifetime) }
        token = AccessToken(
            grant: TokenGrant(value: try record.secret(Field.token), lifetime: .nanoseconds(lifetime)),
            generation: UInt64(generation),
            requestedAt: ClockReading(
                boot: .nanoseconds(try record.signedInteger(Field.boot)),
                wall: .nanoseconds(try record.signedInteger(Field.wall))))
        profile = try record.string(Field.profile)
        bootID = try record.string(Field.bootID)
        fingerprint = try record.string(Field.fingerprint)
        key = try record.optional(Field.key, record.string)
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

/// The kernel's id of this boot: CLOCK_BOOTTIME means nothing in another. See random(4).
package enum BootID {
    /// `nil` when it cannot be read.
    package static func current() -> String? {
        let id = readHint(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC))?.prefix { $0 > " " }
        return id.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
