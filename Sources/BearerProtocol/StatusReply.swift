package import BearerCore

/// The answer to `status`.
package struct StatusReply: Sendable, Equatable {
    package var version: String
    package var pid: Int32
    /// Seconds since 1970.
    package var startedAt: Int64
    /// Open connections of clients; those that load a credential are not counted.
    package var connections: Int64
    /// Those that the client may see.
    package var profiles: [ProfileStatus]

    package init(version: String, pid: Int32, startedAt: Int64, connections: Int64, profiles: [ProfileStatus]) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.connections = connections
        self.profiles = profiles
    }
}

/// How one profile is. Times are in seconds since 1970; what is not known yet is nil, and `null` on the wire.
package struct ProfileStatus: Sendable, Equatable {
    package typealias State = ProfileState

    /// The last failure.
    package struct Failure: Sendable, Equatable {
        /// A word, as in the journal: `invalid_client`, `timed_out`, `http_503`, …
        package var error: String
        package var time: Int64
        /// For people, a line at most.
        package var detail: String

        package init(error: String, time: Int64, detail: String) {
            self.error = error
            self.time = time
            self.detail = detail
        }
    }

    /// What a profile waits for, other than a server's reply.
    package struct Wait: Sendable, Equatable {
        package enum Reason: String, Sendable, CaseIterable {
            /// Its turn in the budget of all profiles.
            case budget
            /// The time that a registration is put off, because earlier ones were not answered.
            case registrationHeld = "registration_held"
            /// Somebody to fix the profile's state on this host.
            case blocked
        }

        package var reason: Reason
        package var since: Int64
        /// For people, a line at most.
        package var detail: String

        package init(reason: Reason, since: Int64, detail: String) {
            self.reason = reason
            self.since = since
            self.detail = detail
        }
    }

    /// What deserves a look while it lasts, although the profile may be served well.
    package struct Warning: Sendable, Equatable {
        /// A word: that of the event in the journal, or `registration_forced`.
        package var warning: String
        /// `nil` when that is not known.
        package var since: Int64?
        /// For people, a line at most.
        package var detail: String

        package init(warning: String, since: Int64?, detail: String) {
            self.warning = warning
            self.since = since
            self.detail = detail
        }
    }

    /// Since the daemon's start.
    package struct Counters: Sendable, Equatable {
        /// Requests of clients that this profile answered.
        package var requests: Int64
        package var renewals: Int64
        package var failures: Int64
        package var registrations: Int64

        package init(requests: Int64 = 0, renewals: Int64 = 0, failures: Int64 = 0, registrations: Int64 = 0) {
            self.requests = requests
            self.renewals = renewals
            self.failures = failures
            self.registrations = registrations
        }
    }

    package var profile: String
    package var state: State
    /// The name of the authorization server's environment; `nil` where the configuration names another server.
    package var environment: String?
    /// Base URL of the authorization server.
    package var server: String?
    package var expiresAt: Int64?
    package var renewAt: Int64?
    package var clientID: String?
    /// The client credentials were given to the host, which does not register.
    package var isProvisioned = false
    package var registeredAt: Int64?
    /// Which APIs the application may call, as the registration said.
    package var scopes: [String]?
    /// The number of the current token.
    package var generation: Int64?
    package var lastSuccessAt: Int64?
    package var lastError: Failure?
    package var nextAttemptAt: Int64?
    package var waiting: Wait?
    package var warnings: [Warning] = []
    /// False while the credentials could not be written and are in memory only.
    package var isStateDurable = true
    package var counters = Counters()

    package init(profile: String, state: State) {
        self.profile = profile
        self.state = state
    }
}
