internal import BearerCore
internal import BearerProtocol

/// Those who are told of each new token.
extension Broker {
    func watch(
        _ name: String?, id: RequestID?, _ client: ClientConnection
    ) throws(ErrorReply) -> Answer {
        let profile = try profile(name, for: client)
        let moment = now()
        let ticket = nextTicket(profile)
        profile.watchers[ticket.number] = Watcher(id: id, client: client)
        let first =
            profile.servableToken(at: moment).map { watchLine($0, of: profile, id: id, at: moment) }
            ?? profile.refusal.map { ErrorReply(.registrationRefused, $0).line(id: id) }
        if let token = profile.servableToken(at: moment) {
            noteUse(of: profile, token, by: .uid(client.peer.uid), client.peer)
        }
        return .watching(ticket, first: first)
    }

    func publishToken(of profile: Profile, at moment: Moment) {
        guard let token = profile.servableToken(at: moment), !profile.watchers.isEmpty else { return }
        for watcher in profile.watchers.values {
            noteUse(of: profile, token, by: .uid(watcher.client.peer.uid), watcher.client.peer)
            watcher.client.publish(watchLine(token, of: profile, id: watcher.id, at: moment))
        }
    }

    func tokenEnded(_ profile: Profile, at moment: Moment) {
        publish(unavailable(profile, at: moment), to: profile)
    }

    func publish(_ error: ErrorReply, to profile: Profile) {
        for watcher in profile.watchers.values { watcher.client.publish(error.line(id: watcher.id)) }
    }

    private func watchLine(_ token: AccessToken, of profile: Profile, id: RequestID?, at moment: Moment) -> [UInt8] {
        profile.replies.line(TokenReply(token, profile: profile.name, at: moment, withGeneration: true), id: id)
    }
}
