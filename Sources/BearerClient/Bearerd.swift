internal import BearerCore
internal import BearerJSON
package import BearerProtocol

/// The bearerd of this host.
///
/// ```swift
/// let bearerd = Bearerd()
/// let token = try await bearerd.token()
/// request.headers.add(name: "Authorization", value: token.authorization)
/// ```
///
/// A value of this type is cheap and holds no connection: make one where you need it, or keep one for the life of the
/// program. Every call connects, asks, and closes; none blocks a thread of Swift's pool, and all may run at once.
///
/// When the connection ends before the reply has come, as it does when the daemon restarts, the call connects and asks
/// once more. Cancelling the task closes the connection, so that the daemon does not wait on its behalf any more. A
/// daemon that does not answer is given up 5 s after the `wait` of the call.
public struct Bearerd: Sendable {
    private let named: String?
    /// What a daemon that is busy, or just restarts, may take beyond the `wait` of a call.
    var grace = Duration.seconds(5)

    /// - Parameter socket: the path of the daemon's socket. By default it is looked for as in ``socket``.
    public init(socket: String? = nil) {
        named = socket
    }

    /// Where the daemon is asked: the path given to ``init(socket:)``, else `$BEARERD_SOCKET`, else
    /// `$XDG_RUNTIME_DIR/bearerd/bearerd.sock` if it exists, else `/run/bearerd/bearerd.sock`.
    ///
    /// Root looks into `$XDG_RUNTIME_DIR` only if root owns it and no other user may write to it, follows no symbolic
    /// link there, and believes no daemon there but root's: a root shell may have another user's environment.
    ///
    /// It is looked for at each call, so that a daemon that starts later is found.
    public var socket: String { place.path }

    private var place: SocketPlace { SocketLocation().find(named: named) }

    /// Gets an access token that is valid now.
    ///
    /// The daemon has one in memory nearly always, and then answers within a millisecond.
    ///
    /// - Parameters:
    ///   - minValid: how long the token must still last, rounded up to whole seconds. What is beyond the current token
    ///     makes the daemon renew it, at most once in 30 s; what is beyond the lifetime of any token is an
    ///     ``BearerError/Code/invalidRequest``.
    ///   - wait: how long to wait for a token when there is none, rounded up to whole seconds; 0 to 300 s, 0 for an
    ///     answer at once.
    ///   - profile: the name of a profile of the daemon's configuration; by default the one named `default`, else the
    ///     only one.
    public func token(
        minValid: Duration = .zero, wait: Duration = .seconds(10), profile: String? = nil
    ) async throws(BearerError) -> BearerToken {
        let request = TokenRequest(
            profile: profile, minimumValidity: .seconds(minValid.secondsRoundedUp),
            wait: .seconds(wait.secondsRoundedUp))
        return try await token(answering: .token(request))
    }

    /// Says that an API refused a token with 401, and gets another.
    ///
    /// When the daemon has another token already, it is that one. Else the daemon renews it, once for all clients that
    /// say so, and at most once in 30 s. It never answers with the token that was refused: when the renewal fails or
    /// takes longer than `wait`, that is ``BearerError/Code/temporarilyUnavailable``.
    ///
    /// A lost connection makes it ask once more: the daemon compares the token with the current one, so that a second
    /// question finds the outcome of the first.
    ///
    /// - Parameters:
    ///   - token: the token that was refused; another one of its profile is asked for.
    ///   - wait: how long to wait for the other token, rounded up to whole seconds; 0 to 300 s.
    public func renew(
        rejected token: BearerToken, wait: Duration = .seconds(10)
    ) async throws(BearerError) -> BearerToken {
        let request = RenewRequest(
            profile: token.profile, rejected: token.secret, wait: .seconds(wait.secondsRoundedUp))
        return try await self.token(answering: .renew(request))
    }

    /// The token now, and again at each renewal, for as long as it is iterated over. See <doc:WatchingInAService>.
    ///
    /// - Parameter profile: the name of a profile; by default the one named `default`, else the only one.
    public func watch(profile: String? = nil) -> TokenUpdates {
        TokenUpdates(bearerd: self, profile: profile)
    }

    /// How the daemon is doing.
    ///
    /// - Parameter profile: the one profile to tell about; by default all that this process may ask for.
    public func status(profile: String? = nil) async throws(BearerError) -> DaemonStatus {
        guard case .other(let value) = try await reply(to: .status(profile: profile)) else {
            throw .unexpectedReply("the reply to status holds no profiles")
        }
        do throws(ReplyError) {
            return DaemonStatus(try StatusReply(value))
        } catch {
            throw .unexpectedReply(error.description)
        }
    }

    /// Asks whether the daemon answers.
    ///
    /// - Returns: the daemon's version.
    @discardableResult
    public func ping() async throws(BearerError) -> String {
        guard case .other(let value) = try await reply(to: .ping), let version = value["version"]?.string else {
            throw .unexpectedReply("the reply to ping holds no version")
        }
        return version
    }

    private func token(answering operation: Operation) async throws(BearerError) -> BearerToken {
        guard case .token(let reply) = try await reply(to: operation) else {
            throw .unexpectedReply("the reply holds no access_token")
        }
        return BearerToken(reply)
    }
}

/// Requests and lines.
extension Bearerd {
    /// Asks and returns the reply; an error of the daemon is thrown.
    func reply(to operation: Operation) async throws(BearerError) -> Reply {
        try Self.parse(try await line(answering: operation))
    }

    /// Asks and returns the reply's line, without its ending. A connection that ends before the reply has come, as
    /// when the daemon restarts, is made once more, unless the operation must not be asked for twice.
    private func line(answering operation: Operation) async throws(BearerError) -> [UInt8] {
        let deadline = ContinuousClock.now + operation.limit(grace: grace)
        if let line = try await ask(operation, until: deadline) { return line }
        guard operation.canBeRepeated, let line = try await ask(operation, until: deadline) else {
            throw .connectionLost
        }
        return line
    }

    /// Sends a request whose reply is many lines.
    func open(_ operation: Operation) async throws(BearerError) -> LineConnection {
        try await LineConnection.open(
            place, sending: Request(operation), until: ContinuousClock.now + operation.limit(grace: grace))
    }

    /// Reads a line of the daemon, for `bearerctl` too; an error of the daemon is thrown.
    package static func parse(_ line: [UInt8]) throws(BearerError) -> Reply {
        let reply: Reply
        do throws(ReplyError) {
            reply = try Reply.parse(line: line[...])
        } catch {
            throw .unexpectedReply(error.description)
        }
        if case .error(let error) = reply { throw BearerError(error) }
        return reply
    }

    /// - Returns: nil when the connection ended before the reply had come.
    private func ask(
        _ operation: Operation, until deadline: ContinuousClock.Instant
    ) async throws(BearerError) -> [UInt8]? {
        let connection = try await LineConnection.open(place, sending: Request(operation), until: deadline)
        return try await connection.next(until: deadline)
    }
}

extension Operation {
    /// How long the daemon may take, a second question included: `grace` longer than it may wait.
    func limit(grace: Duration) -> Duration {
        switch self {
        case .token(let request): grace + Self.possible(request.wait)
        case .renew(let request): grace + Self.possible(request.wait)
        case .watch, .status, .ping, .export: grace + TokenRequest.defaultWait
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
        case .token, .renew, .watch, .status, .ping, .reload, .export: true
        case .register: false
        }
    }

    /// The daemon refuses any other `wait` at once.
    private static func possible(_ wait: Duration) -> Duration {
        min(max(wait, .zero), .seconds(300))
    }
}
