internal import BearerCore
internal import BearerState

/// Tokens that outlive this process, in systemd's file descriptor store.
extension Broker {
    /// Puts a new token into the store in place of the one before.
    func keep(_ profile: Profile) {
        guard let token = profile.lifecycle.token, token.generation != profile.stored,
            let credentials = profile.credentials?.credentials
        else { return }
        let fingerprint = StoredToken.fingerprint(server: profile.settings.server, credentials: credentials)
        store.keep(token, of: profile.name, fingerprint: fingerprint, replacing: profile.stored)
        profile.stored = token.generation
    }

    /// Takes a token out of the store that must not come back.
    func forget(_ profile: Profile) {
        guard let stored = profile.stored else { return }
        store.forget(stored, of: profile.name)
        profile.stored = nil
    }
}
