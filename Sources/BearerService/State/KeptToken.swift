internal import BearerCore
internal import BearerState

/// The token of one profile in systemd's file descriptor store.
struct KeptToken {
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
    private var kept: Generation?

    /// - Parameter token: the one that the store has.
    init(of profile: String, in store: TokenStore, token: AccessToken?) {
        self.profile = profile
        self.store = store
        kept = token.map(Generation.init)
    }

    /// From then on, nobody may be given it any more.
    var endOfService: ClockReading? { kept?.endOfService }

    /// Puts `token` into the store in place of the one before. Where that fails, the one before stays to its end.
    ///
    /// - Parameters:
    ///   - fingerprint: what it was issued to, see ``StoredToken/fingerprint(server:credentials:)``.
    ///   - key: see ``CredentialKey/fileIdentifier``.
    /// - Returns: false when it should be tried again.
    mutating func replace(with token: AccessToken, fingerprint: String, key: String?) -> Bool {
        guard store.isAvailable, token.generation != kept?.number else { return true }
        guard store.keep(token, of: profile, fingerprint: fingerprint, key: key, replacing: kept?.number) else {
            return false
        }
        kept = Generation(token)
        return true
    }

    /// Takes a token out of the store that must not come back.
    mutating func remove() {
        guard let kept else { return }
        store.forget(kept.number, of: profile)
        self.kept = nil
    }

    /// The same, once nobody may be given it any more.
    mutating func removeEnded(at now: ClockReading) {
        if let endOfService, endOfService.isReached(at: now) { remove() }
    }
}
