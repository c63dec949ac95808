internal import BearerCore
internal import BearerProtocol

/// What there is for a unit whose credential systemd loads.
enum CredentialAnswer: Sendable {
    case now([UInt8])
    /// The bytes come later, by ``CredentialConnection/deliver(_:)``.
    case later(Ticket)
}

/// The credential socket: `LoadCredential=` of other units.
extension Broker {
    /// The id that stands for the default profile; no profile can have this name.
    private static let standardCredential = "access_token"
    /// systemd waits 30 s and more for a credential; a start that fails should say why before.
    private static let longestWait = Duration.seconds(25)

    func credential(
        for peer: Peer, _ address: [UInt8], _ handler: CredentialConnection
    ) -> CredentialAnswer {
        guard identity.trusts(peer), let asker = CredentialPeer(abstractAddress: address) else {
            return .now(refuseCredential("uid \(peer.uid) (pid \(peer.pid)) is no service manager", peer, nil))
        }
        let name = asker.credential == Self.standardCredential ? nil : asker.credential
        guard let profile = find(name) else {
            return .now(refuseCredential("there is no profile \(name ?? "called default")", peer, asker))
        }
        guard mayLoad(asker, profile) else { return .now(deny(asker, peer, profile)) }
        profile.requests += 1
        if let token = profile.servableToken(at: now()) { return .now(handOver(token, of: profile, to: asker, peer)) }
        if let refusal = profile.refusal { return .now(refuseCredential(refusal, peer, asker, profile)) }
        if isStopping { return .now(refuseCredential(ErrorReply.stopping.description, peer, asker, profile)) }
        return .later(
            wait(for: .lasting(.zero), atMost: Self.longestWait, profile) { outcome, profile in
                handler.deliver(self.bytes(for: outcome, profile, asker, peer))
            })
    }

    private func bytes(
        for outcome: Waiter.Outcome, _ profile: Profile, _ asker: CredentialPeer, _ peer: Peer
    ) -> [UInt8] {
        switch outcome {
        case .token where !mayLoad(asker, profile): deny(asker, peer, profile)
        case .token(let token, _): handOver(token, of: profile, to: asker, peer)
        case .failed(let error): refuseCredential(error.description, peer, asker, profile)
        }
    }

    private func mayLoad(_ asker: CredentialPeer, _ profile: Profile) -> Bool {
        profile.settings.access?.allows(unit: asker.unit) ?? true
    }

    private func deny(_ asker: CredentialPeer, _ peer: Peer, _ profile: Profile) -> [UInt8] {
        refuseCredential("the profile's allow does not name the unit", peer, asker, profile)
    }

    private func handOver(
        _ token: AccessToken, of profile: Profile, to asker: CredentialPeer, _ peer: Peer
    ) -> [UInt8] {
        noteUse(of: profile, token, by: .unit(asker.unit), peer)
        return profile.replies.bare(token)
    }

    /// Says why in the journal; the bytes are those that `credential_socket.on_failure` asks for.
    private func refuseCredential(
        _ reason: String, _ peer: Peer, _ asker: CredentialPeer?, _ profile: Profile? = nil
    ) -> [UInt8] {
        let unit = asker.map { "\($0.unit) (credential \($0.credential))" } ?? "a stranger"
        var fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
        fields[.peerUnit] = asker?.unit
        fields[.profile] = profile?.name
        let user = asker.map { Audit.User.unit($0.unit) } ?? .uid(peer.uid)
        // A unit may load several credentials, and fail for another reason than before.
        let matter = "\(asker?.credential ?? "") \(profile?.state(at: now()) == .refused) \(reason.prefix(24))"
        complain(.credentialRefused, "no token for \(unit): \(reason)", fields, of: user, about: matter)
        return settings.credentialFailure.bytes
    }
}
