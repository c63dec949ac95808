internal import BearerCore
internal import BearerState

/// Tokens that outlive this process, in systemd's file descriptor store.
extension Broker {
    /// Puts the current token into the store in place of the one before. Where that fails, the one before stays to its end,
    /// and it is tried again.
    func keep(_ profile: Profile) {
        guard store.isAvailable, let token = profile.lifecycle.token,
            token.generation != profile.stored?.generation, let credentials = profile.credentials?.credentials
        else { return }
        let fingerprint = StoredToken.fingerprint(server: profile.settings.server, credentials: credentials)
        let old = profile.stored?.generation
        let key = profile.settings.key.fileIdentifier
        if store.keep(token, of: profile.name, fingerprint: fingerprint, key: key, replacing: old) {
            profile.stored = StoredGeneration(token)
        } else {
            saveLater()
        }
    }

    /// Takes a token out of the store that must not come back.
    func forget(_ profile: Profile) {
        guard let stored = profile.stored else { return }
        store.forget(stored.generation, of: profile.name)
        profile.stored = nil
    }

    /// Takes a token out of the store that nobody may be given any more.
    func forgetEnded(_ profile: Profile, at moment: Moment) {
        if let stored = profile.stored, stored.endOfService.isReached(at: moment) { forget(profile) }
    }
}
