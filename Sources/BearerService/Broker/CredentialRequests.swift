internal import BearerConfiguration
internal import BearerCore
internal import BearerProtocol

/// The credential socket: `LoadCredential=` of other units. Lives on the loop.
final class CredentialRequests {
    /// The id that stands for the default profile; no profile can have this name.
    private static let defaultCredential = "access_token"
    /// systemd waits 30 s and more for a credential; a start that fails should say why before.
    private static let maximumWait = Duration.seconds(25)

    private let identity: DaemonIdentity
    private let log: ClientLog
    private let now: @Sendable () -> ClockReading
    /// What a unit gets in place of a token.
    var onFailure: CredentialSocketConfiguration.Failure

    init(
        _ identity: DaemonIdentity, _ onFailure: CredentialSocketConfiguration.Failure, _ log: ClientLog,
        now: @escaping @Sendable () -> ClockReading
    ) {
        self.identity = identity
        self.onFailure = onFailure
        self.log = log
        self.now = now
    }

    /// - Parameter find: the profile of this name, or the default one.
    func answer(
        _ connection: CredentialConnection, _ find: (_ name: String?) -> ProfileSession?
    ) -> CredentialAnswer {
        let peer = connection.peer
        guard identity.trusts(peer), let asker = CredentialPeer(abstractAddress: connection.address) else {
            return .now(refuse("uid \(peer.uid) (pid \(peer.pid)) is no service manager", peer, nil))
        }
        let name = asker.credential == Self.defaultCredential ? nil : asker.credential
        guard let session = find(name) else {
            return .now(refuse("there is no profile \(name ?? "called default")", peer, asker))
        }
        guard session.clients.admit(asker) else { return .now(deny(asker, peer, session)) }
        do throws(ErrorReply) {
            let (token, cancel) = try session.credential(within: Self.maximumWait) { [self] outcome in
                connection.deliver(bytes(for: outcome, session, asker, peer))
            }
            if let token { return .now(session.clients.bytes(of: token, for: asker, peer)) }
            return .later(cancel: cancel)
        } catch {
            return .now(refuse(error.description, peer, asker, session))
        }
    }

    private func bytes(
        for outcome: TokenWaiters.Outcome, _ session: ProfileSession, _ asker: CredentialPeer, _ peer: Peer
    ) -> [UInt8] {
        switch outcome {
        case .token where !session.clients.isAllowed(asker): deny(asker, peer, session)
        case .token(let token, _): session.clients.bytes(of: token, for: asker, peer)
        case .failed(let error): refuse(error.description, peer, asker, session)
        }
    }

    private func deny(_ asker: CredentialPeer, _ peer: Peer, _ session: ProfileSession) -> [UInt8] {
        refuse("the profile's allow does not name the unit", peer, asker, session)
    }

    /// Says why in the journal; the bytes are those that `credential_socket.on_failure` asks for.
    private func refuse(
        _ reason: String, _ peer: Peer, _ asker: CredentialPeer?, _ session: ProfileSession? = nil
    ) -> [UInt8] {
        let unit = asker.map { "\($0.unit) (credential \($0.credential))" } ?? "a stranger"
        var fields: [JournalField: String] = [.peerUID: "\(peer.uid)", .peerPID: "\(peer.pid)"]
        fields[.peerUnit] = asker?.unit
        fields[.profile] = session?.name
        let user = asker.map { ClientLog.User.unit($0.unit) } ?? .uid(peer.uid)
        // A unit may load several credentials, and fail for another reason than before.
        let isRefused = session?.snapshot(at: now()).state(at: now()) == .refused
        let matter = "\(asker?.credential ?? "") \(isRefused) \(reason.prefix(24))"
        log.complain(.credentialRefused, "no token for \(unit): \(reason)", fields, of: user, about: matter)
        return onFailure.bytes
    }
}

extension CredentialSocketConfiguration.Failure {
    /// systemd's limit for the credentials of a unit.
    private static let maximumCredential = 1 << 20

    /// One block for everybody: a host may refuse many units at once.
    private static let tooMuch = [UInt8](repeating: 0, count: maximumCredential + 1)

    var bytes: [UInt8] {
        switch self {
        case .fail: Self.tooMuch
        case .empty: []
        }
    }
}
