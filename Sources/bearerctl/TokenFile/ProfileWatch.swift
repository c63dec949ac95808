internal import BearerClient
internal import BearerCore
internal import BearerLoop
internal import BearerProtocol

/// The tokens of a profile as the daemon tells of them; connects again whenever the connection ends. Everything here happens
/// on the thread of the loop, which it never blocks.
final class ProfileWatch {
    private let profile: String?
    private let bearerd: BlockingBearerd
    private let loop: ServingLoop
    private let onToken: (TokenReply) -> Void
    private let onTrouble: (BearerError) -> Void
    private var connection: BlockingConnection?
    private var connectedAt = ContinuousClock.now
    private var backoff = ReconnectBackoff()
    private var isOver = false

    /// What the daemon denies is asked again after this long.
    private static let pauseAfterDenial = Duration.seconds(10)

    /// - Parameters:
    ///   - onToken: called with each token, also with one that was told before the connection was lost.
    ///   - onTrouble: called with what the daemon answers instead, or why it cannot be reached. The watch goes on, unless
    ///     ``stop()`` is called.
    init(
        of profile: String?, at bearerd: BlockingBearerd, on loop: ServingLoop,
        onToken: @escaping (TokenReply) -> Void, onTrouble: @escaping (BearerError) -> Void
    ) {
        self.profile = profile
        self.bearerd = bearerd
        self.loop = loop
        self.onToken = onToken
        self.onTrouble = onTrouble
    }

    func start() {
        guard !isOver else { return }
        do throws(BearerError) {
            // The loop does not wait for room in a full backlog: a token may end meanwhile.
            let connection = try bearerd.open(.watch(profile: profile), within: .zero)
            connectedAt = .now
            do throws(LoopError) {
                try loop.watch(connection.descriptor, for: .input) { [self] _ in read() }
            } catch {
                throw .unavailable(socket: "watch", reason: error.description)
            }
            self.connection = connection
        } catch {
            startAgain(after: error)
        }
    }

    /// Nothing is told after this.
    func stop() {
        isOver = true
        close()
    }

    private func read() {
        guard let connection else { return }
        do throws(BearerError) {
            // As long as no line has led to its end.
            while self.connection === connection {
                switch try connection.look() {
                case .line(let line): try take(line)
                case .nothing: return
                case .end: startAgain(after: nil)
                }
            }
        } catch {
            startAgain(after: error)
        }
    }

    private func take(_ line: [UInt8]) throws(BearerError) {
        do throws(BearerError) {
            guard case .token(let reply) = try Bearerd.parse(line) else {
                throw .unexpectedReply("a line that is neither token nor error")
            }
            guard reply.token.withBytes(B64Token.isValid) else {
                throw .unexpectedReply("a token with characters that no token has")
            }
            onToken(reply)
        } catch {
            guard error.code?.leavesWatch == true else { throw error }
            onTrouble(error)
        }
    }

    private func startAgain(after error: BearerError?) {
        // With other trouble, `retry_after` is about upstream.
        var pause = backoff.pause(
            afterConnectionOf: connection == nil ? .zero : connectedAt.duration(to: .now),
            asked: error?.code == .slowDown ? error?.retryAfter : nil, random: .random(in: 0..<1))
        close()
        if let error {
            if !error.mayPass { pause = Self.pauseAfterDenial }
            onTrouble(error)
        }
        loop.schedule(after: pause) { [self] in start() }
    }

    private func close() {
        if let connection { loop.forget(connection.descriptor) }
        connection = nil
    }
}
