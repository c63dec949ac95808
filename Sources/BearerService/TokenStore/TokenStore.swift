internal import BearerCore
internal import BearerSystemd
internal import CLinux
internal import Glibc

/// Tokens in sealed memfds in systemd's file descriptor store, so that a restart costs no call upstream.
struct TokenStore: Sendable {
    private let store: DescriptorStore
    private let bootID: String?
    private let makeFile: @Sendable () -> CInt

    /// - Parameters:
    ///   - bootID: that of this boot; without it no token is kept or taken back, as its times could mean anything.
    ///   - makeFile: makes an empty memfd; -1 when it cannot.
    init(
        store: DescriptorStore, bootID: String?,
        makeFile: @escaping @Sendable () -> CInt = { clinux_memfd("bearerd-token") }
    ) {
        self.store = store
        self.bootID = bootID
        self.makeFile = makeFile
    }

    /// Whether tokens can be kept at all. systemd does not say whether it takes descriptors.
    var isAvailable: Bool { store.isAvailable && bootID != nil }

    /// Keeps `token`, then lets go of the one before it.
    ///
    /// - Returns: whether the token was handed to systemd; if not, for want of a store, a descriptor or memory, the one before
    ///   it stays.
    func keep(_ token: AccessToken, of profile: String, fingerprint: String, replacing old: UInt64?) -> Bool {
        guard let bootID else { return false }
        let stored = StoredToken(profile: profile, token: token, bootID: bootID, fingerprint: fingerprint)
        guard let descriptor = sealedFile(stored),
            store.add(descriptor, name: Self.name(profile, token.generation))
        else { return false }
        if let old { store.remove(name: Self.name(profile, old)) }
        return true
    }

    func forget(_ generation: UInt64, of profile: String) {
        store.remove(name: Self.name(profile, generation))
    }

    /// Takes back what systemd kept: the newest usable token of each profile. Everything else is removed from the
    /// store; `onDrop` is told its name, whose it is if that can be told, and why. All descriptors are closed.
    func takeBack(
        _ descriptors: [ListenDescriptor], onDrop: (String, String?, StoredTokenError) -> Void,
        isUsable: (StoredToken) -> StoredTokenError?
    ) -> [String: AccessToken] {
        var tokens: [String: AccessToken] = [:]
        for entry in descriptors {
            defer { close(entry.descriptor) }
            var profile: String?
            do throws(StoredTokenError) {
                let stored = try read(entry.descriptor)
                profile = stored.profile
                if let problem = isUsable(stored) { throw problem }
                guard entry.name == Self.name(stored.profile, stored.token.generation) else { throw .damaged }
                if let other = tokens[stored.profile] {
                    // The same token twice has one name, by which both would go.
                    if other.generation == stored.token.generation { continue }
                    forget(min(other.generation, stored.token.generation), of: stored.profile)
                    if other.generation > stored.token.generation { continue }
                }
                tokens[stored.profile] = stored.token
            } catch {
                onDrop(entry.name, profile, error)
                store.remove(name: entry.name)
            }
        }
        return tokens
    }

    /// Waits until systemd has been told of everything; bounded, for the end of the process.
    func flush() {
        store.flush()
    }

    private func read(_ descriptor: CInt) throws(StoredTokenError) -> StoredToken {
        guard clinux_is_sealed(descriptor) else { throw .notSealed }
        lseek(descriptor, 0, SEEK_SET)
        guard case .contents(let secret) = SecretReader.read(descriptor, limit: 64 * 1024) else { throw .damaged }
        var bytes = secret.withBytes { Array($0) }
        defer { Secret.wipe(&bytes) }
        let stored = try StoredToken(bytes)
        guard stored.bootID == bootID else { throw .otherBoot }
        return stored
    }

    /// A name in the store: `token-<profile>-<generation>`.
    private static func name(_ profile: String, _ generation: UInt64) -> String { "token-\(profile)-\(generation)" }

    private func sealedFile(_ stored: StoredToken) -> CInt? {
        let descriptor = makeFile()
        guard descriptor >= 0 else { return nil }
        var bytes = stored.encoded()
        defer { Secret.wipe(&bytes) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, clinux_seal(descriptor) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
