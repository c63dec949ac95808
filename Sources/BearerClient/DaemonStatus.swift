internal import BearerCore
internal import BearerProtocol

/// How the daemon and its profiles are doing. Times are in seconds since 1970. Never a secret.
public struct DaemonStatus: Sendable, Equatable {
    /// Of the daemon.
    public var version: String
    /// The daemon's process.
    public var pid: Int32
    /// When the daemon started.
    public var startedAt: Int64
    /// Open connections of clients; those that load a credential are not counted.
    public var connections: Int64
    /// The profiles that this process may ask for.
    public var profiles: [Profile]

    /// In which phase a profile is.
    public enum State: String, Sendable, CaseIterable {
        /// There is no token yet, and nothing went wrong.
        case starting
        /// A token is served, and nothing is wrong.
        case ready
        /// A token is served while its successor is fetched.
        case renewing
        /// The last exchange failed; a token is served for as long as it lasts.
        case degraded
        /// The authorization server turned the application down, or stored credentials cannot be read.
        case refused
    }

    /// How one profile is doing. What is not known yet is nil.
    public struct Profile: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// In which phase it is.
        public var state: State
        /// The name of the authorization server's environment; nil where the configuration names another server.
        public var environment: String?
        /// The base URL of the authorization server.
        public var server: String?
        /// When the token ends.
        public var expiresAt: Int64?
        /// When the token will be renewed.
        public var renewAt: Int64?
        /// Of the registered client.
        public var clientID: String?
        /// Whether the client was registered elsewhere and given to this host.
        public var isProvisioned: Bool
        /// When the client was registered; nil if that was elsewhere.
        public var registeredAt: Int64?
        /// Which APIs the application may call, as its registration said; nil if it said nothing.
        public var scopes: [String]?
        /// The number of the current token.
        public var generation: Int64?
        /// When a token was last obtained.
        public var lastSuccessAt: Int64?
        /// The last failure, also after a later success.
        public var lastFailure: Failure?
        /// When the next attempt is made.
        public var nextAttemptAt: Int64?
        /// What it waits for, other than a reply of the authorization server.
        public var waiting: Wait?
        /// What deserves a look while it lasts.
        public var warnings: [Warning]
        /// False while the credentials could not be written to disk and are in memory only.
        public var isStateDurable: Bool
        /// Since the daemon's start.
        public var counters: Counters
    }

    /// A failed exchange with the authorization server.
    public struct Failure: Sendable, Equatable {
        /// A word, as in the daemon's journal: `invalid_client`, `timed_out`, `http_503`.
        public var error: String
        /// When it happened.
        public var time: Int64
        /// For people, a line at most.
        public var detail: String
    }

    /// What a profile waits for.
    public struct Wait: Sendable, Equatable {
        /// A word: `budget`, `registration_held`, `blocked`.
        public var reason: String
        /// Since when.
        public var since: Int64
        /// For people, a line at most.
        public var detail: String
    }

    /// What deserves a look, although the profile may be served well.
    public struct Warning: Sendable, Equatable {
        /// A word: `registration_forced`, `fresh_token_rejected`, `scope_missing`.
        public var warning: String
        /// Since when; nil when that is not known.
        public var since: Int64?
        /// For people, a line at most.
        public var detail: String
    }

    /// What has happened to a profile since the daemon's start.
    public struct Counters: Sendable, Equatable {
        /// Requests of clients that were answered.
        public var requests: Int64
        /// Tokens that were obtained.
        public var renewals: Int64
        /// Failed exchanges with the authorization server.
        public var failures: Int64
        /// Registrations that yielded credentials.
        public var registrations: Int64
    }
}

extension DaemonStatus {
    init(_ reply: StatusReply) {
        version = reply.version
        pid = reply.pid
        startedAt = reply.startedAt
        connections = reply.connections
        profiles = reply.profiles.map(Profile.init)
    }
}

extension DaemonStatus.Profile {
    fileprivate init(_ status: ProfileStatus) {
        name = status.profile
        state = DaemonStatus.State(status.state)
        environment = status.environment
        server = status.server
        expiresAt = status.expiresAt
        renewAt = status.renewAt
        clientID = status.clientID
        isProvisioned = status.isProvisioned
        registeredAt = status.registeredAt
        scopes = status.scopes
        generation = status.generation
        lastSuccessAt = status.lastSuccessAt
        lastFailure = status.lastError.map { DaemonStatus.Failure(error: $0.error, time: $0.time, detail: $0.detail) }
        nextAttemptAt = status.nextAttemptAt
        waiting = status.waiting.map {
            DaemonStatus.Wait(reason: $0.reason.rawValue, since: $0.since, detail: $0.detail)
        }
        warnings = status.warnings.map {
            DaemonStatus.Warning(warning: $0.warning, since: $0.since, detail: $0.detail)
        }
        isStateDurable = status.isStateDurable
        counters = DaemonStatus.Counters(
            requests: status.counters.requests, renewals: status.counters.renewals,
            failures: status.counters.failures, registrations: status.counters.registrations)
    }
}

extension DaemonStatus.State {
    fileprivate init(_ state: ProfileStatus.State) {
        self =
            switch state {
            case .starting: .starting
            case .ready: .ready
            case .renewing: .renewing
            case .degraded: .degraded
            case .refused: .refused
            }
    }
}
