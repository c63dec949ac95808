internal import BearerCore
internal import BearerProtocol
internal import BearerState

/// One profile as the broker keeps it: its configuration, its stored credentials, the life of its token, and who waits
/// for it. Lives on the serving loop.
final class Profile {
    var settings: ProfileSettings
    let files: ProfileFiles
    var lifecycle: TokenLifecycle
    var credentials: StoredCredentials?
    /// What is known here and could not be written: a restart would lose it.
    var unsaved: Set<ProfileFiles.Part> = []
    /// What the store has of it meanwhile, which may be an older state.
    var kept: [ProfileFiles.Part: UnsavedStore.Entry] = [:]
    /// The credentials are in memory alone: neither on disk nor in the store.
    var areCredentialsAtRisk = false
    /// The journal was told that something is not on disk.
    var isUnsavedTold = false
    /// A registration was sent, and what came of it is not on disk yet.
    var isRegistering = false
    /// Why nothing is asked upstream, when this host must mend it first, and since when.
    var blockage: String?
    var blockedAt: Moment?
    /// Its exchange, while that waits for the budget.
    var queued: ExchangeOrder?
    /// Whether the blockage may pass by itself.
    let isBlockagePassing: Bool
    var waiters: [UInt64: Waiter] = [:]
    var watchers: [UInt64: Watcher] = [:]
    /// Administrators who wait for a forced registration.
    var registrants: [UInt64: Registrant] = [:]
    /// Requests of clients for this profile since the start, without those that ``replies`` counts.
    var requests: UInt64 = 0
    let replies = TokenReplies()
    var audit = Audit()
    /// The token that the token store keeps.
    var stored: StoredGeneration?
    /// What the token of an earlier process was issued to.
    let tokenFingerprint: String?

    init(_ loaded: LoadedProfile) {
        settings = loaded.settings
        files = loaded.files
        credentials = loaded.credentials
        blockage = loaded.blockage
        isBlockagePassing = loaded.isBlockagePassing
        unsaved = Set(loaded.unsaved.keys)
        kept = loaded.unsaved
        tokenFingerprint = loaded.tokenFingerprint
        lifecycle = TokenLifecycle(
            renewal: loaded.settings.renewal, reregister: loaded.settings.reregister,
            hasCredentials: loaded.credentials != nil, history: loaded.history, restored: loaded.token)
        stored = loaded.token.map(StoredGeneration.init)
    }

    var name: String { settings.name }

    /// The token, if it may be handed out now.
    func servableToken(at now: Moment) -> AccessToken? {
        guard let token = lifecycle.token, token.isServable(at: now) else { return nil }
        return token
    }

    /// Why waiting is pointless: what the client is told with `registration_refused`.
    var refusal: String? {
        if let blockage { return blockage }
        guard let error = lifecycle.trouble?.refusal else { return nil }
        return "the authorization server refuses profile \(name): \(error.rawValue)"
    }

    func state(at now: Moment) -> ProfileState {
        guard blockage != nil else { return lifecycle.state(at: now) }
        return servableToken(at: now) == nil ? .refused : .degraded
    }
}

/// Which token is kept in the store, and until when it is of use.
struct StoredGeneration {
    let generation: UInt64
    let endOfService: Moment

    init(_ token: AccessToken) {
        generation = token.generation
        endOfService = token.endOfService
    }
}
