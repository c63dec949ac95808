internal import BearerCore
internal import BearerProtocol

/// Answers clients. Everything here runs within the read that brought the request.
extension Broker {
    /// Answers one request.
    func answer(_ request: Request, from client: ClientConnection) -> Answer {
        do throws(ErrorReply) {
            switch request.operation {
            case .token(let wanted): return try token(wanted, id: request.id, client)
            case .renew(let wanted): return try renew(wanted, id: request.id, client)
            case .watch(let name): return try watch(name, id: request.id, client)
            case .status(let name): return try status(name, id: request.id, client)
            case .ping: return .reply(PongReply(version: identity.version).line(id: request.id))
            case .reload: return .later(try reload(id: request.id, client))
            case .register(let name, let force):
                return .later(try register(name, force: force, id: request.id, client))
            }
        } catch {
            let line = error.line(id: request.id)
            guard error.code == .accessDenied, isDenialNews(client.peer) else { return .reply(line) }
            // Held until it is known who that was: a client that is gone has no unit any more.
            tell(of: error, client.peer, profile(of: request.operation)) { client.deliver(line) }
            return .later(Ticket(profile: "", number: 0))
        }
    }

    private func token(
        _ wanted: BearerProtocol.TokenRequest, id: RequestID?, _ client: ClientConnection
    ) throws(ErrorReply) -> Answer {
        let profile = try profile(wanted.profile, for: client)
        let moment = now()
        let minimum = wanted.minimumValidity
        if let token = profile.servableToken(at: moment),
            minimum == .zero || token.remaining(at: moment) >= minimum
        {
            let line = give(token, of: profile, id: id, to: client, at: moment)
            let isPlain = id == nil && minimum == .zero && !settings.audit
            return isPlain ? .repeatable(line, RepeatedToken(profile.replies)) : .reply(line)
        }
        try checkLifetime(minimum, profile)
        if let refusal = profile.refusal { throw ErrorReply(.registrationRefused, refusal) }
        if minimum > .zero, profile.lifecycle.token != nil {
            try demand(profile, at: moment)
        } else if profile.lifecycle.nextDeadline?.isReached(at: moment) == true {
            // The alarm may tell of a step of the wall clock only after this request.
            wake()
        }
        return try wait(for: .lasting(minimum), wanted.wait, id: id, profile, client, at: moment)
    }

    private func renew(
        _ wanted: RenewRequest, id: RequestID?, _ client: ClientConnection
    ) throws(ErrorReply) -> Answer {
        let profile = try profile(wanted.profile, for: client)
        let moment = now()
        if let token = profile.servableToken(at: moment) {
            guard token.value == wanted.rejected else {
                return .reply(give(token, of: profile, id: id, to: client, at: moment))
            }
            perform(profile.lifecycle.recordRejection(by: client.peer.uid), for: profile, at: moment)
        }
        if let refusal = profile.refusal { throw ErrorReply(.registrationRefused, refusal) }
        if profile.lifecycle.token != nil { try demand(profile, at: moment) }
        return try wait(for: .other(than: wanted.rejected), wanted.wait, id: id, profile, client, at: moment)
    }

    private func give(
        _ token: AccessToken, of profile: Profile, id: RequestID?, to client: ClientConnection, at moment: Moment
    ) -> [UInt8] {
        noteUse(of: profile, token, by: .uid(client.peer.uid), client.peer)
        guard let id else { return profile.replies.line(for: token, profile: profile.name, at: moment) }
        return profile.replies.line(TokenReply(token, profile: profile.name, at: moment), id: id)
    }

    /// A token cannot last longer than a fresh one does.
    private func checkLifetime(_ minimum: Duration, _ profile: Profile) throws(ErrorReply) {
        guard let lifetime = profile.lifecycle.lastLifetime, minimum > lifetime else { return }
        throw ErrorReply(minimum: minimum, exceeds: lifetime)
    }

    /// Joins the exchange in flight or starts one on everybody's behalf.
    private func demand(_ profile: Profile, at moment: Moment) throws(ErrorReply) {
        guard !isStopping else { throw .stopping }
        let (demand, actions) = profile.lifecycle.demandRenewal(at: moment)
        perform(actions, for: profile, at: moment)
        guard case .slowDown(let retryAfter) = demand else { return setAlarm() }
        throw ErrorReply(
            .slowDown, "clients caused a renewal of profile \(profile.name) less than 30 s ago",
            retryAfter: retryAfter)
    }

    private func wait(
        for wish: Waiter.Wish, _ limit: Duration, id: RequestID?, _ profile: Profile, _ client: ClientConnection,
        at moment: Moment
    ) throws(ErrorReply) -> Answer {
        guard !isStopping else { throw .stopping }
        guard limit > .zero else { throw unavailable(profile, at: moment) }
        return .later(
            wait(for: wish, atMost: limit, profile) { outcome, profile in
                switch outcome {
                case .token where !self.mayAsk(client, profile):
                    client.deliver(self.denied(meanwhile: client.peer, profile.name).line(id: id))
                case .token(let token, let now):
                    client.deliver(self.give(token, of: profile, id: id, to: client, at: now))
                case .failed(let error): client.deliver(error.line(id: id))
                }
            })
    }

    /// The profile that a request means, if `client` may have its token.
    func profile(_ name: String?, for client: ClientConnection) throws(ErrorReply) -> Profile {
        guard let profile = find(name) else { throw unknownProfile(name) }
        guard mayAsk(client, profile) else { throw denied(client.peer, profile.name) }
        profile.requests += 1
        return profile
    }

    func find(_ name: String?) -> Profile? {
        guard let name else { return standardProfile }
        return profiles[name]
    }

    func unknownProfile(_ name: String?) -> ErrorReply {
        guard let name else {
            return ErrorReply(.unknownProfile, "there are several profiles and none is called default: name one")
        }
        return ErrorReply(.unknownProfile, "there is no profile \(name)")
    }

    func mayAsk(_ client: ClientConnection, _ profile: Profile) -> Bool {
        guard let access = profile.settings.access else { return true }
        return access.allows(client.peer) { client.groups(among: namedGroups) }
    }
}

extension ErrorReply: Error {}

extension ErrorReply {
    /// The daemon stops: there is no more waiting, and nothing new is begun.
    static let stopping = ErrorReply(.temporarilyUnavailable, "bearerd is stopping", retryAfter: .seconds(1))

    /// No token lasts that long, not even a fresh one.
    init(minimum: Duration, exceeds lifetime: Duration) {
        self.init(
            .invalidRequest,
            "min_valid is \(minimum.components.seconds), but a fresh token lasts \(lifetime.components.seconds) s: ask for "
                + "less")
    }
}
