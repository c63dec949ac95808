package import BearerJSON

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

extension ProfileStatus.Counters {
    fileprivate init(_ fields: ReplyFields) throws(ReplyError) {
        self.init(
            requests: try fields.wholeNumber("requests"), renewals: try fields.wholeNumber("renewals"),
            failures: try fields.wholeNumber("failures"), registrations: try fields.wholeNumber("registrations"))
    }
}
