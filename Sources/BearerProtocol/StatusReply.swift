package import BearerCore
package import BearerJSON

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

extension StatusReply: ReplyLine {
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("version", version)
            json.member("pid", Int64(pid))
            json.member("started_at", startedAt)
            json.member("connections", connections)
            json.key("profiles")
            json.array { json in
                for profile in profiles { json.object(profile.writeMembers) }
            }
        }
    }

    /// The line in two parts, between which its ``profiles``, however many, come one by one with commas between them.
    package func frame(id: RequestID?) -> (head: [UInt8], tail: [UInt8]) {
        var empty = self
        empty.profiles = []
        var line: [UInt8] = []
        empty.encode(id: id, into: &line)
        let tail = Array("]\(id.map { #","id":\#($0.json)"# } ?? "")}\n".utf8)
        return (line.dropLast(tail.count), tail)
    }
}

extension ProfileStatus {
    /// Appends the profile as it stands in the line.
    package func encode(into output: inout [UInt8]) {
        output.appendJSON { $0.object(writeMembers) }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("profile", profile)
        json.member("state", state.rawValue)
        json.member("environment", environment.map(JSONValue.string) ?? .null)
        json.member("server", server.map(JSONValue.string) ?? .null)
        json.member("expires_at", JSONValue(expiresAt))
        json.member("renew_at", JSONValue(renewAt))
        json.member("client_id", clientID.map(JSONValue.string) ?? .null)
        json.member("provisioned", isProvisioned)
        json.member("registered_at", JSONValue(registeredAt))
        json.member("scopes", scopes.map { .array($0.map { .string($0) }) } ?? .null)
        json.member("generation", JSONValue(generation))
        json.member("last_success_at", JSONValue(lastSuccessAt))
        json.member("last_error", lastError?.json ?? .null)
        json.member("next_attempt_at", JSONValue(nextAttemptAt))
        json.member("waiting", waiting?.json ?? .null)
        json.member("warnings", .array(warnings.map(\.json)))
        json.member("state_durable", isStateDurable)
        json.member("counters", counters.json)
    }
}

extension ProfileStatus.Failure {
    fileprivate var json: JSONValue {
        ["error": .string(error), "time": JSONValue(time), "detail": .string(detail)]
    }
}

extension ProfileStatus.Wait {
    fileprivate var json: JSONValue {
        ["reason": .string(reason.rawValue), "since": JSONValue(since), "detail": .string(detail)]
    }
}

extension ProfileStatus.Warning {
    fileprivate var json: JSONValue {
        ["warning": .string(warning), "since": JSONValue(since), "detail": .string(detail)]
    }
}

extension ProfileStatus.Counters {
    fileprivate var json: JSONValue {
        [
            "requests": JSONValue(requests), "renewals": JSONValue(renewals),
            "failures": JSONValue(failures), "registrations": JSONValue(registrations),
        ]
    }
}

extension JSONValue {
    fileprivate init(_ number: Int64?) {
        self = number.map { .number(JSONNumber($0)) } ?? .null
    }
}

extension StatusReply {
    /// Reads what ``Reply`` returned as another object.
    package init(_ value: JSONValue) throws(ReplyError) {
        let fields = ReplyFields(value)
        var profiles: [ProfileStatus] = []
        for profile in try fields.objects("profiles") { profiles.append(try ProfileStatus(profile)) }
        self.init(
            version: try fields.string("version"),
            pid: Int32(truncatingIfNeeded: try fields.wholeNumber("pid")),
            startedAt: try fields.wholeNumber("started_at"),
            connections: try fields.wholeNumber("connections"),
            profiles: profiles)
    }
}

extension ProfileStatus {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        guard let state = State(rawValue: try fields.string("state")) else {
            let known = State.allCases.map(\.rawValue).joined(separator: ", ")
            throw ReplyError("the reply's state: found an unknown one, expected one of \(known)")
        }
        self.init(profile: try fields.string("profile"), state: state)
        expiresAt = try fields.optional("expires_at", fields.wholeNumber)
        renewAt = try fields.optional("renew_at", fields.wholeNumber)
        clientID = try fields.optional("client_id", fields.string)
        registeredAt = try fields.optional("registered_at", fields.wholeNumber)
        // A daemon of an older version says nothing of these.
        isProvisioned = try fields.optional("provisioned", fields.bool) ?? false
        environment = try fields.optional("environment", fields.string)
        server = try fields.optional("server", fields.string)
        warnings = try (fields.optional("warnings", fields.objects) ?? []).map(Warning.init)
        scopes = try fields.optional("scopes", fields.strings)
        generation = try fields.optional("generation", fields.wholeNumber)
        lastSuccessAt = try fields.optional("last_success_at", fields.wholeNumber)
        if let failure = try fields.optional("last_error", fields.object) { lastError = try Failure(failure) }
        nextAttemptAt = try fields.optional("next_attempt_at", fields.wholeNumber)
        if let wait = try fields.optional("waiting", fields.object) { waiting = try Wait(wait) }
        isStateDurable = try fields.bool("state_durable")
        counters = try Counters(fields.object("counters"))
    }
}

extension ProfileStatus.Failure {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            error: try fields.string("error"), time: try fields.wholeNumber("time"),
            detail: try fields.string("detail"))
    }
}

extension ProfileStatus.Wait {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        guard let reason = Reason(rawValue: try fields.string("reason")) else {
            let known = Reason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ReplyError("the reply's reason: found an unknown one, expected one of \(known)")
        }
        self.init(
            reason: reason, since: try fields.wholeNumber("since"), detail: try fields.string("detail"))
    }
}

extension ProfileStatus.Warning {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            warning: try fields.string("warning"), since: try fields.optional("since", fields.wholeNumber),
            detail: try fields.string("detail"))
    }
}

extension ProfileStatus.Counters {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            requests: try fields.wholeNumber("requests"), renewals: try fields.wholeNumber("renewals"),
            failures: try fields.wholeNumber("failures"), registrations: try fields.wholeNumber("registrations"))
    }
}
