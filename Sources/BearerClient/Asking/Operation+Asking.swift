internal import BearerProtocol

extension Operation {
    /// How long the daemon may take, a second question included: `grace` longer than it may wait.
    func limit(grace: Duration) -> Duration {
        switch self {
        case .token(let request): grace + Self.possible(request.wait)
        case .renew(let request): grace + Self.possible(request.wait)
        case .watch, .status, .ping: grace + TokenRequest.usualWait
        // Name services and exchanges upstream may have to be waited for, as long as systemd waits for a unit.
        case .reload, .register: .seconds(90)
        }
    }

    /// Whether the daemon can be asked once more when it is not known whether it has done what it was asked for.
    ///
    /// `renew` can: it names the token to be replaced, and finds the new one if that has happened. `register` cannot:
    /// each time is a registration, after which viewers have to sign in again.
    var canBeRepeated: Bool {
        switch self {
        case .token, .renew, .watch, .status, .ping, .reload: true
        case .register: false
        }
    }

    /// The daemon refuses any other `wait` at once.
    private static func possible(_ wait: Duration) -> Duration {
        min(max(wait, .zero), .seconds(300))
    }
}
