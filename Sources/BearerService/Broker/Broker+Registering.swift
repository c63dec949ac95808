internal import BearerCore
internal import BearerProtocol
internal import BearerState

/// An administrator who waits for a forced registration.
struct Registrant {
    let id: RequestID?
    let client: ClientConnection
}

/// New client credentials by force.
extension Broker {
    func register(
        _ name: String?, force: Bool, id: RequestID?, _ client: ClientConnection
    ) throws(ErrorReply) -> Ticket {
        try requireAdministrator(client.peer, "register")
        guard !isStopping else { throw .stopping }
        guard let profile = find(name) else { throw unknownProfile(name) }
        if let blockage = profile.blockage { throw ErrorReply(.registrationRefused, blockage) }
        guard force || !profile.lifecycle.hasCredentials else {
            throw ErrorReply(
                .invalidRequest,
                "profile \(profile.name) has client credentials; with \"force\": true they are replaced, and viewers "
                    + "have to sign in again")
        }
        let ticket = nextTicket(profile)
        profile.registrants[ticket.number] = Registrant(id: id, client: client)
        handle(.registrationForced, for: profile)
        return ticket
    }

    /// Tells those who wait how the registration went.
    func settleRegistrants(of profile: Profile, _ outcome: LifecycleEvent) {
        let registrants = profile.registrants.values
        profile.registrants = [:]
        for registrant in registrants {
            registrant.client.deliver(line(for: registrant, profile, outcome))
        }
    }

    func endRegistering(_ profile: Profile, with error: ErrorReply) {
        let registrants = profile.registrants.values
        profile.registrants = [:]
        for registrant in registrants { registrant.client.deliver(error.line(id: registrant.id)) }
    }

    func requireAdministrator(_ peer: Peer, _ operation: String) throws(ErrorReply) {
        guard !peer.isAdministrator(daemonUser: identity.user) else { return }
        throw ErrorReply(.accessDenied, "\(operation) is for root and the daemon's user; this is uid \(peer.uid)")
    }

    private func line(for registrant: Registrant, _ profile: Profile, _ outcome: LifecycleEvent) -> [UInt8] {
        if case .registered = outcome, let clientID = profile.credentials?.credentials.clientID {
            return RegisterReply(profile: profile.name, clientID: clientID).line(id: registrant.id)
        }
        let error =
            profile.refusal.map { ErrorReply(.registrationRefused, $0) } ?? unavailable(profile, at: now())
        return error.line(id: registrant.id)
    }
}
