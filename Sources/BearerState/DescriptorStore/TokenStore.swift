package import BearerCore
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
        var bytes = stored.encoded()
        guard files.add(&bytes, name: Self.name(profile, token.generation)) else { return false }
        if let old { forget(old, of: profile) }
        return true
    }

    func forget(_ generation: UInt64, of profile: String) {
        files.remove(Self.name(profile, generation))
    }

    /// Takes back what systemd kept: the newest usable token of each profile. Everything else is removed from the
    /// store; `onDrop` is told its name, whose it is if that can be told, and why. All descriptors are closed.
    package func takeBack(
        _ descriptors: [ListenDescriptor], onDrop: (String, String?, StoredTokenError) -> Void,
        isUsable: (StoredToken) -> StoredTokenError?
    ) -> [String: StoredToken] {
        var tokens: [String: StoredToken] = [:]
        for entry in descriptors {
            defer { close(entry.descriptor) }
            var profile: String?
            do throws(StoredTokenError) {
                let stored = try read(entry.descriptor)
                profile = stored.profile
                if let problem = isUsable(stored) { throw problem }
                let generation = stored.token.generation
                guard entry.name == Self.name(stored.profile, generation) else { throw .damaged }
                if let other = tokens[stored.profile]?.token.generation {
                    // The same token twice has one name, by which both would go.
                    if other == generation { continue }
                    forget(min(other, generation), of: stored.profile)
                    if other > generation { continue }
                }
                tokens[stored.profile] = stored
            } catch {
                onDrop(entry.name, profile, error)
                files.remove(entry.name)
            }
        }
        return tokens
    }

    /// Waits until systemd has been told of everything; bounded, for the end of the process.
    package func flush() {
        files.flush()
    }

    private func read(_ descriptor: CInt) throws(StoredTokenError) -> StoredToken {
        var bytes = try files.read(descriptor).withBytes { Array($0) }
        defer { Secret.wipe(&bytes) }
        let stored = try StoredToken(bytes)
        guard stored.bootID == bootID else { throw .otherBoot }
        return stored
    }

    /// A name in the store: `token-<profile>-<generation>`.
    private static func name(_ profile: String, _ generation: UInt64) -> String { "token-\(profile)-\(generation)" }
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

/// The kernel's id of this boot: CLOCK_BOOTTIME means nothing in another. See random(4).
package enum BootID {
    /// `nil` when it cannot be read.
    package static func current() -> String? {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        let id = String(decoding: buffer.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
        return id.isEmpty ? nil : id
    }
}
